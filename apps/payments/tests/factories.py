"""Payers, cards and payments, made the way the product makes them."""

from __future__ import annotations

from itertools import count
from typing import Any

from apps.crm.tests.factories import make_customer
from apps.payments.models import Payment
from apps.payments.rules import Line
from bss.core.calls import Outcome, succeeded
from bss.core.operations import run, run_internal

__all__ = [
    "make_captured",
    "make_card",
    "make_customer",
    "make_line",
    "open_payment",
    "record",
    "use",
]

VISA = "4242 4242 4242 4242"
DECLINING = "4000-FAIL-0002"
_numbers = count(1)


def make_card(customer_id: str, number: str = VISA, **overrides: Any) -> str:
    """The public id of a card on file."""
    card: str = run("payment.add_card", customer_id=customer_id, card_number=number, **overrides)[
        "id"
    ]
    return card


def make_line(net: int = 1000, tax: int = 0, text: str = "Extra work") -> Line:
    """A line of a receipt."""
    return Line(text=text, offering_id="", tax_class="standard", net=net, tax=tax)


def open_payment(customer_id: str, *, wait: float = 0.0, **overrides: Any) -> Payment:
    """A payment whose call waits (wait=0) or is performed at once."""
    wanted = {
        "purpose": "manual",
        "key": f"manual/test-{next(_numbers)}",
        "customer_id": customer_id,
        "lines": [make_line()],
        "capture": "now",
        **overrides,
    }
    opened = run_internal("payment.open", wanted, wait=wait)
    return Payment.objects.get(pk=opened.result.pk)


def record(payment: Payment, outcome: Outcome | None = None, **overrides: Any) -> Payment | None:
    """What the settler of an upper app would do with an outcome."""
    outcome = outcome or succeeded(reference="mock_test")
    wanted = {"payment_id": payment.public_id, "outcome": outcome, **overrides}
    answer: Payment | None = run_internal("payment.record_outcome", wanted).result
    payment.refresh_from_db()
    return answer


def use(name: str, wait: float = 0.0, **args: Any) -> Any:
    """An internal operation's answer; its calls are performed only when it may wait."""
    return run_internal(name, args, wait=wait).result


def make_captured(customer_id: str, **overrides: Any) -> Payment:
    """A captured payment; unserved unless `served_by` is given."""
    served_by = overrides.pop("served_by", "")
    payment = open_payment(customer_id, **overrides)
    record(payment, served_by=served_by)
    return payment
