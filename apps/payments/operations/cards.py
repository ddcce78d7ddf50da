"""Cards on file."""

from __future__ import annotations

import secrets

from apps.crm.models import Customer
from apps.payments import policies, queries
from apps.payments.events import (
    PaymentMethodAdded,
    PaymentMethodDefaultChanged,
    PaymentMethodEvent,
    PaymentMethodExpiring,
    PaymentMethodRefused,
    PaymentMethodRemoved,
)
from apps.payments.models import PaymentMethod, PaymentMethodState
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.operations import operation


@operation(
    "payment.add_card",
    effect="write",
    roles="care supervisor customer",
    result=queries.method_view,
)
def add_card(
    *,
    customer_id: str,
    card_number: str,
    exp_month: int | None = None,
    exp_year: int | None = None,
    holder: str | None = None,
) -> PaymentMethod:
    """Keep a token of a typed card, never its number, for the customer's payments."""
    policies.require_own("customer", customer_id, customer_id)
    customer = Customer.objects.lock(customer_id)
    policies.require_may_keep_card(customer)
    card = policies.require_card(card_number, exp_month, exp_year, clock.now().date())
    policies.require_room(_kept(customer))
    method = PaymentMethod.objects.create(
        customer=customer,
        provider=policies.provider(),
        token="_".join(["tok", *card.markers, secrets.token_hex(12)]),
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        holder=holder or "",
        state=PaymentMethodState.ACTIVE,
        is_default=queries.default_method(customer.pk) is None,
    )
    _tell_added(method)
    return method


@operation(
    "payment.link_card",
    effect="write",
    roles="care supervisor customer",
    result=queries.method_view,
)
def link_card(*, customer_id: str, token: str, holder: str | None = None) -> PaymentMethod:
    """Keep a card that the customer typed at the processor's own page, by its token."""
    policies.require_own("customer", customer_id, customer_id)
    customer = Customer.objects.lock(customer_id)
    policies.require_may_keep_card(customer)
    policies.require_room(_kept(customer))
    known = PaymentMethod.objects.filter(customer=customer, provider=policies.provider())
    payer = known.exclude(payer="").values_list("payer", flat=True).first() or ""
    method = PaymentMethod.objects.create(
        customer=customer,
        provider=policies.provider(),
        token=token,
        payer=payer,
        brand="card",
        last4="0000",
        exp_month=12,
        exp_year=9999,
        holder=holder or "",
    )
    request_call(
        gateway="cards",
        method="save_card",
        key=f"method/{method.public_id}",
        args={"token": token, "payer": payer, "customer": customer_id},
        then="payment.settle_link",
        then_args={"method_id": method.public_id},
        queue="money",
        about=method.public_id,
        shown={"to": customer_id},
    )
    return method


@operation("payment.take_over_card", internal=True, result=queries.method_view)
def take_over_card(
    *,
    customer_id: str,
    token: str,
    brand: str,
    last4: str,
    exp_month: int,
    exp_year: int,
    payer: str = "",
) -> PaymentMethod:
    """Keep a card that the processor has known as this customer's all along, by its token."""
    customer = Customer.objects.lock(customer_id)
    policies.require_may_keep_card(customer)
    policies.require_token(token)
    policies.require_in_date(exp_month, exp_year, clock.now().date())
    policies.require_room(_kept(customer))
    method = PaymentMethod.objects.create(
        customer=customer,
        provider=policies.provider(),
        token=token,
        payer=payer,
        brand=brand.lower(),
        last4=last4,
        exp_month=exp_month,
        exp_year=exp_year,
        state=PaymentMethodState.ACTIVE,
        is_default=queries.default_method(customer.pk) is None,
    )
    _tell_added(method)
    return method


@operation("payment.settle_link", internal=True, effect="write")
def settle_link(*, method_id: str, outcome: Outcome) -> PaymentMethod:
    """Take the card into use as the processor described it, or note that it was refused."""
    asked: PaymentMethod = PaymentMethod.objects.get_by_id(method_id)
    Customer.objects.lock(asked.customer_id)
    method: PaymentMethod = PaymentMethod.objects.lock(method_id)
    if outcome.refused:
        method.move("refuse", reason=outcome.reason)
        refusal = PaymentMethodRefused(**facts_of_card(method), reason=outcome.reason)
        tell_of_card(method, refusal, "refused")
        return method
    card = ("payer", "brand", "last4", "exp_month", "exp_year", "country")
    for name in card:
        setattr(method, name, outcome.data[name])
    method.is_default = queries.default_method(method.customer_id) is None
    method.move("confirm", also=[*card, "is_default"])
    _tell_added(method)
    return method


@operation(
    "payment.set_default",
    effect="write",
    roles="care supervisor customer",
    result=queries.method_view,
)
def set_default(*, method_id: str) -> PaymentMethod:
    """Make this card the one that pays from now on."""
    method = _lock(method_id)
    policies.require_can_pay(method)
    if not method.is_default:
        _make_default(method)
    return method


@operation(
    "payment.remove_method",
    effect="destructive",
    roles="care supervisor customer",
    result=queries.method_view,
)
def remove_method(*, method_id: str) -> PaymentMethod:
    """Never charge this card again; another one becomes the default if it was."""
    method = _lock(method_id)
    policies.require_removable(method)
    was_default, method.is_default = method.is_default, False
    method.move("remove", also=["is_default"])
    tell_of_card(method, PaymentMethodRemoved(**facts_of_card(method)), "removed")
    if was_default:
        elect_default(method.customer_id)
    return method


@operation("payment_method.give_up", internal=True, effect="destructive")
def give_up_cards(*, customer_id: str) -> int:
    """Never charge any card of a closed customer again; how many those were."""
    Customer.objects.lock(customer_id)
    mine = PaymentMethod.objects.active().filter(customer_id=queries.customer_key(customer_id))
    cards: list[PaymentMethod] = list(mine.locking().order_by("pk"))
    for method in cards:
        method.is_default = False
        method.move("remove", reason="The customer was closed.", also=["is_default"])
        tell_of_card(method, PaymentMethodRemoved(**facts_of_card(method)), "removed")
    return len(cards)


@operation("payment_method.erase", internal=True, effect="destructive")
def erase_cards(*, customer_id: str) -> int:
    """Forget whose cards those of an erased customer were; how many those are."""
    mine = PaymentMethod.objects.filter(customer_id=queries.customer_key(customer_id))
    gone: int = mine.update(token="", payer="", holder="", last4="0000")
    return gone


@operation("payment_method.warn", internal=True)
def warn(*, payment_method_id: str) -> None:
    """Tell a card's owner that it is about to expire, once."""
    method: PaymentMethod = PaymentMethod.objects.lock(payment_method_id)
    if method.warned_at or method.state != PaymentMethodState.ACTIVE:
        return
    method.warned_at = clock.now()
    method.save(update_fields=["warned_at"])
    event = PaymentMethodExpiring(
        **facts_of_card(method), exp_month=method.exp_month, exp_year=method.exp_year
    )
    tell_of_card(method, event, f"expires at the end of {method.exp_month:02d}/{method.exp_year}")


def _lock(method_id: str) -> PaymentMethod:
    method: PaymentMethod = PaymentMethod.objects.get_by_id(method_id)
    owner = Customer.public_id_of(method.customer_id)
    policies.require_own(PaymentMethod.NOUN, owner or "", method_id)
    Customer.objects.lock(method.customer_id)
    locked: PaymentMethod = PaymentMethod.objects.lock(method_id)
    return locked


def _kept(customer: Customer) -> int:
    kept: int = PaymentMethod.objects.kept().filter(customer=customer).count()
    return kept


def elect_default(customer_key: int, **like: str) -> None:
    """Let the newest card in use pay, of those that are `like` this."""
    active = PaymentMethod.objects.active().filter(customer_id=customer_key, **like)
    newest: PaymentMethod | None = active.order_by("-pk").first()
    if newest is not None:
        _make_default(newest)


def _make_default(method: PaymentMethod) -> None:
    mine = PaymentMethod.objects.filter(customer_id=method.customer_id, is_default=True)
    mine.update(is_default=False)
    method.is_default = True
    method.save(update_fields=["is_default"])
    tell_of_card(method, PaymentMethodDefaultChanged(**facts_of_card(method)), "pays from now on")


def facts_of_card(method: PaymentMethod) -> dict[str, str]:
    """What every event of a card tells."""
    return {
        "payment_method_id": method.public_id,
        "customer_id": Customer.public_id_of(method.customer_id) or "",
        "brand": method.brand,
        "last4": method.last4,
    }


def _tell_added(method: PaymentMethod) -> None:
    event = PaymentMethodAdded(**facts_of_card(method), is_default=method.is_default)
    tell_of_card(method, event, "added")


def tell_of_card(method: PaymentMethod, event: PaymentMethodEvent, what: str) -> None:
    """Publish what happened to a card."""
    publish(
        event,
        aggregate=method,
        about=event.customer_id,
        summary=f"Card {method.label} {what}",
    )
