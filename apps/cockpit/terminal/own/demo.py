"""`bss demo`: the whole journey of a line, told with the real cards."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.rule import Rule
from rich.text import Text

from apps.cockpit.terminal.cards import frames
from apps.cockpit.terminal.doing import perform
from apps.cockpit.terminal.how import How, identity
from apps.cockpit.terminal.output import console
from apps.cockpit.terminal.showing import card_of
from apps.cockpit.terminal.tree import spelled
from bss.core.errors import Rule as Refusal
from bss.core.models import OperatorProfile
from bss.core.registry import find

NOT_HERE = Refusal(
    "terminal.demo.sandbox_required", "The demonstration runs on a sandbox database only."
)
app = typer.Typer(add_completion=False)
HOW = How(yes=True)
CARD = "4242424242424242"
DATA = {"event_type": "data", "unit": "mb"}


@dataclass
class Tour:
    """Where the journey has got to."""

    run: str
    pause: bool
    customer: str = ""
    order: str = ""
    line: str = ""
    number: str = ""

    def act(self, name: str, /, **args: Any) -> Any:
        """Run an operation as the command line would, and say how to do it by hand."""
        operation = find(name)
        console().print(Text(f"$ {spelled(operation, args)}", style=frames.QUIET), soft_wrap=True)
        return perform(operation, args, HOW)[1]

    def show(self, name: str, /, **args: Any) -> Any:
        """Read something and print its card."""
        result = self.act(name, **args)
        console().print(card_of(name, result))
        return result


@app.command()
def demo(
    pause: Annotated[bool, typer.Option("--pause", help="Wait for Enter after each part.")] = False,
) -> None:
    """Walk a customer from sign-up to renewal, with the real system."""
    with identity():
        if not OperatorProfile.load().sandbox:
            raise NOT_HERE()
        tour = Tour(secrets.token_hex(3), pause)
        for number, (title, words, part) in enumerate(PARTS, start=1):
            console().print(Text(), Rule(f"{number}  {title}", align="left", style=frames.ACCENT))
            console().print(Text(f"{words}\n"))
            part(tour)
            if tour.pause:
                typer.prompt("Enter goes on", default="", show_default=False)
        console().print(Text(), Rule(style=frames.ACCENT), farewell(tour))


def sign_up(tour: Tour) -> None:
    """A customer with a proven identity and a card."""
    email = f"ada-{tour.run}@example.com"
    tour.customer = tour.act("customer.create", name="Ada Lovelace", email=email)["id"]
    token = f"demo-{tour.run}"
    tour.act(
        "customer.attest_kyc",
        customer_id=tour.customer,
        provider="prebaked",
        attestation_token=token,
    )
    tour.act("payment.add_card", customer_id=tour.customer, card_number=CARD)
    tour.show("customer.get", customer_id=tour.customer)


def buy(tour: Tour) -> None:
    """An order that ends in an active line."""
    tour.order = tour.act("order.create", customer_id=tour.customer, offering_id="PLAN_S")["id"]
    done = tour.show(
        "order.wait_until", order_id=tour.order, target_state="completed", timeout_s=30
    )
    tour.line = done["items"][0]["targetSubscriptionId"]


def install(tour: Tour) -> None:
    """The code that goes into the phone."""
    tour.show("subscription.get_esim_activation", subscription_id=tour.line)


def use(tour: Tour) -> None:
    """Most of the data."""
    tour.number = tour.act("subscription.get", subscription_id=tour.line)["msisdn"]
    tour.act("usage.simulate", msisdn=tour.number, quantity=4300, **DATA)
    tour.show("subscription.get", subscription_id=tour.line)


def use_up(tour: Tour) -> None:
    """The rest of it, to the last megabyte."""
    tour.act("usage.simulate", msisdn=tour.number, quantity=820, **DATA)
    tour.show("subscription.get", subscription_id=tour.line)


def top_up(tour: Tour) -> None:
    """A gigabyte more."""
    tour.show(
        "subscription.purchase_vas", subscription_id=tour.line, vas_offering_id="VAS_DATA_1GB"
    )


def renew(tour: Tour) -> None:
    """Thirty days later."""
    tour.act("clock.advance", duration="30d")
    tour.act("subscription.tick_renewals_now")
    tour.show("subscription.get", subscription_id=tour.line)


def look_back(tour: Tour) -> None:
    """What the customer paid, and what is known about them."""
    tour.show("payment.list_attempts", customer_id=tour.customer)
    tour.show("customer.get", customer_id=tour.customer)


PARTS: tuple[tuple[str, str, Callable[[Tour], None]], ...] = (
    ("Sign up", "A stranger becomes a customer: a name, a proof of identity, a card.", sign_up),
    (
        "Buy",
        "The card is authorised, the network prepared, the money taken, the line switched on.",
        buy,
    ),
    ("Install", "The eSIM goes into the phone by a picture.", install),
    ("Use", "Every megabyte counts at once; at four fifths the customer hears about it.", use),
    ("Run out", "At zero the line is blocked, in the same moment.", use_up),
    (
        "Top up",
        "A gigabyte more: the card is charged and service is back, together or not at all.",
        top_up,
    ),
    (
        "Renew",
        "Business time moves on by thirty days, and the next period is paid and opened.",
        renew,
    ),
    ("Look back", "Nothing was lost on the way.", look_back),
)


def farewell(tour: Tour) -> Text:
    """Where to look further."""
    hints = (
        ("How the order went, step by step", f"bss trace for-order {tour.order}"),
        ("Does everything still add up", "bss check --full"),
        ("Business time is 30 days ahead; set it back", "bss clock unfreeze"),
    )
    lines = [Text.assemble((f"{hint:44}", frames.QUIET), f"{command}\n") for hint, command in hints]
    return Text.assemble(*lines)
