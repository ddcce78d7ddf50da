"""Payments with their attempts, lines, postings and receipts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bss.core.money import money_text

from .lives import PAID, Episode, Life
from .world import Row, Table, World

CARD = "Visa …4242"
PURPOSES = {
    "joined": "activation",
    "renewed": "renewal",
    "declined": "renewal",
    "topped_up": "topup",
}


@dataclass(slots=True)
class Charge:
    """A payment of a line; its ids are given when those of the tables are known."""

    life: Life
    episode: Episode
    key: int = 0
    # The number of its receipt, and of the top-up that it paid for.
    receipt: int = 0
    top_up: int = 0

    @property
    def what(self) -> str:
        """What the money was for."""
        return self.episode.what

    @property
    def paid(self) -> bool:
        """False when the card was declined."""
        return self.what in PAID


def charges(lives: Sequence[Life], episodes: Sequence[Episode]) -> list[Charge]:
    """The payments of everything that costs something, in the order of time."""
    return [Charge(lives[one.life], one) for one in episodes if one.what in PURPOSES]


def number(world: World, found: Sequence[Charge]) -> None:
    """Give payments, receipts and top-ups their numbers; receipts without a gap."""
    keys, top_ups = world.ids("payments_payment"), world.ids("subscription_topup")
    receipts = world.ids("payments_receipt")
    for charge in found:
        charge.key = next(keys)
        charge.receipt = next(receipts) if charge.paid else 0
        charge.top_up = next(top_ups) if charge.what == "topped_up" else 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What everybody who writes about a payment says of it."""

    number: str
    line: str
    customer: str
    key: str
    subject: str
    served_by: str
    text: str
    offering: str
    amount: int
    shown: str


def facts(world: World, charge: Charge) -> Facts:
    """What there is to say about a payment."""
    life, plan = charge.life, charge.life.plan
    line = f"SUB-{world.first['subscription_subscription'] + life.index:06}"
    number = msisdn(world, life)
    order = f"ORD-{world.first['ordering_productorder'] + life.index:06}"
    if charge.what == "topped_up":
        extra = world.extra
        key = f"topup/TOP-{charge.top_up:06}"
        subject, served_by, text, offering, amount = line, key, extra.name, extra.id, extra.amount
    elif charge.what == "joined":
        key, subject, served_by = f"activation/{order}", order, line
        text, offering, amount = f"{plan.name} for {number}", plan.id, plan.amount
    else:
        start = life.begun + charge.episode.stretch * plan.period
        first, last = world.moments.day(start), world.moments.day(start + plan.period)
        key = f"renewal/{line}/{first}"
        subject, served_by, offering, amount = line, key, plan.id, plan.amount
        text = f"{plan.name} for {number}, {first} to {last}"
    return Facts(
        number=f"PAY-{charge.key:06}",
        line=line,
        customer=f"CUST-{world.first['crm_customer'] + life.index:06}",
        key=key,
        subject=subject,
        served_by=served_by if charge.paid else "",
        text=text,
        offering=offering,
        amount=amount,
        shown=money_text(amount),
    )


def amount_of(world: World, charge: Charge) -> int:
    """What a payment is about."""
    return world.extra.amount if charge.what == "topped_up" else charge.life.plan.amount


def msisdn(world: World, life: Life) -> str:
    """The number of a line."""
    return str(world.first_msisdn + life.number)


def tables(world: World, found: Sequence[Charge]) -> list[Table]:
    """The rows of all payments."""
    count, paid = len(found), [charge for charge in found if charge.paid]
    return [
        Table(
            "payments_payment",
            "id, state, state_reason, state_changed_at, key, purpose, customer_id, method_id,"
            " subject, amount, tax, currency, capture, awaiting, attempt_number, reference,"
            " description, paid_with, refunding, refunded, served_by, served_at, created_at,"
            " captured_at",
            count,
            payments(world, found),
        ),
        Table(
            "payments_paymentattempt",
            "id, payment_id, number, method_id, amount, state, reference, code, reason,"
            " requested_at, answered_at",
            count,
            attempts(world, found),
        ),
        Table(
            "payments_paymentline",
            "id, payment_id, position, text, offering_id, tax_class, net, tax",
            count,
            lines(world, found),
        ),
        Table(
            "payments_ledgerentry",
            "id, payment_id, account, amount, currency, at, recorded_at",
            2 * len(paid),
            entries(world, paid),
        ),
        Table(
            "payments_receipt",
            "number, payment_id, total, tax, currency, paid_with, issued_at, recorded_at",
            len(paid),
            receipts(world, paid),
        ),
    ]


REASON = "card_declined_by_issuer"


def payments(world: World, found: Sequence[Charge]) -> Iterator[Row]:
    customer, method = world.first["crm_customer"], world.first["payments_paymentmethod"]
    for charge in found:
        told, index = facts(world, charge), charge.life.index
        at = world.moments.at(charge.episode.at)
        state, reason, captured = (
            ("captured", "", at) if charge.paid else ("declined", REASON, None)
        )
        yield (
            *(charge.key, state, reason, at, told.key, PURPOSES[charge.what], customer + index),
            *(method + index, told.subject, told.amount, 0, world.currency),
            *("later" if charge.what == "joined" else "now", "", 1, reference(charge)),
            *(told.text, CARD, 0, 0, told.served_by, captured, at, captured),
        )


def reference(charge: Charge) -> str:
    """What the processor calls a payment."""
    return f"mock_{charge.key:020x}"


def attempts(world: World, found: Sequence[Charge]) -> Iterator[Row]:
    method = world.first["payments_paymentmethod"]
    for key, charge in enumerate(found, world.first["payments_paymentattempt"]):
        at = world.moments.at(charge.episode.at)
        ended = ("captured", reference(charge), "", "")
        if not charge.paid:
            ended = ("declined", reference(charge), "card_declined", REASON)
        amount = amount_of(world, charge)
        yield (key, charge.key, 1, method + charge.life.index, amount, *ended, at, at)


def lines(world: World, found: Sequence[Charge]) -> Iterator[Row]:
    for key, charge in enumerate(found, world.first["payments_paymentline"]):
        told = facts(world, charge)
        yield (key, charge.key, 1, told.text, told.offering, "", told.amount, 0)


def entries(world: World, paid: Sequence[Charge]) -> Iterator[Row]:
    keys = world.ids("payments_ledgerentry")
    for charge in paid:
        at, amount = world.moments.at(charge.episode.at), amount_of(world, charge)
        for account, posted in (("cards_receivable", amount), ("sales", -amount)):
            yield (next(keys), charge.key, account, posted, world.currency, at, at)


def receipts(world: World, paid: Sequence[Charge]) -> Iterator[Row]:
    for charge in paid:
        at, amount = world.moments.at(charge.episode.at), amount_of(world, charge)
        yield (charge.receipt, charge.key, amount, 0, world.currency, CARD, at, at)
