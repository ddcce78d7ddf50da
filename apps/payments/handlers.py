"""What customers must hear about their money."""

from __future__ import annotations

from apps.crm.events import CustomerClosed, CustomerErased
from apps.crm.operations import notify
from bss.core.events import on

from . import operations
from .events import (
    PaymentCharged,
    PaymentMethodCutoverInvalidated,
    PaymentMethodExpiring,
    PaymentRefunded,
)
from .operations import file_of_credit_note, file_of_receipt


@on(PaymentCharged, queue="mail")
def send_receipt(event: PaymentCharged) -> None:
    notify(
        customer_id=event.customer_id,
        template="payment_charged",
        key=f"payment_charged/{event.payment_id}",
        values={
            "amount": event.amount,
            "currency": event.currency,
            "reason": event.reason,
            "card": event.paid_with,
        },
        attached=[file_of_receipt(event.payment_id)],
    )


@on(PaymentRefunded, queue="mail")
def tell_refunded(event: PaymentRefunded) -> None:
    notify(
        customer_id=event.customer_id,
        template="payment_refunded",
        key=f"payment_refunded/{event.refund_id}",
        values={"amount": event.amount, "currency": event.currency, "reason": event.reason},
        # Told of before there were credit notes, it has none.
        attached=[file_of_credit_note(event.credit_note)] if event.credit_note else None,
    )


@on(PaymentMethodCutoverInvalidated, queue="mail")
def ask_for_another_card(event: PaymentMethodCutoverInvalidated) -> None:
    notify(
        customer_id=event.customer_id,
        template="card_cut_over",
        key=f"card_cut_over/{event.payment_method_id}",
        values={"card": f"{event.brand.title()} …{event.last4}"},
    )


@on(PaymentMethodExpiring, queue="mail")
def warn_of_expiry(event: PaymentMethodExpiring) -> None:
    notify(
        customer_id=event.customer_id,
        template="card_expiring",
        key=f"card_expiring/{event.payment_method_id}",
        values={
            "card": f"{event.brand.title()} …{event.last4}",
            "until": f"{event.exp_month:02d}/{event.exp_year}",
        },
    )


@on(CustomerClosed, queue="money")
def give_up_cards(event: CustomerClosed) -> None:
    operations.give_up_cards(customer_id=event.customer_id)


@on(CustomerErased, queue="money")
def erase_cards(event: CustomerErased) -> None:
    operations.erase_cards(customer_id=event.customer_id)
