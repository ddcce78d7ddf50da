"""Cards on file, what was charged, and the receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from apps.cockpit.rules.words import card_words

from . import frames
from .frames import Sight

Data = Mapping[str, Any]


def method_table(methods: list[Data], sight: Sight) -> RenderableType:
    """Cards on file."""
    table = frames.rows("card", "what", "state", "added")
    for method in methods:
        table.add_row(
            Text(str(method["id"]), style=frames.ACCENT),
            card_words(method),
            frames.state_text(method.get("status")),
            sight.day(method.get("createdAt")),
        )
    return table


def method_card(method: Data, sight: Sight) -> RenderableType:
    """One card on file."""
    facts = [
        ("Card", Text(card_words(method), style="bold")),
        ("Customer", Text(str(method.get("customerId")))),
        ("Added", Text(sight.minute(method.get("createdAt")))),
    ]
    return frames.card(
        str(method["id"]), frames.pairs(facts), state=frames.badge(method.get("status"))
    )


def payment_table(payments: list[Data], sight: Sight) -> RenderableType:
    """Charges, one a row."""
    table = frames.rows("payment", "when", "for", "amount", "state", "why", right=("amount",))
    for payment in payments:
        table.add_row(
            Text(str(payment["id"]), style=frames.ACCENT),
            sight.minute(payment.get("attemptedAt")),
            frames.get(payment, "description", "purpose", default=""),
            frames.money(payment.get("amount"), payment.get("currency")),
            frames.state_text(state_of(payment)),
            str(payment.get("declineReason") or "").replace("_", " "),
        )
    return table


def receipt_table(receipts: list[Data], sight: Sight) -> RenderableType:
    """Receipts, one a row: when, for what, how much of it is tax."""
    table = frames.rows("receipt", "when", "for", "total", "tax", right=("total", "tax"))
    for one in receipts:
        what = one.get("subject") or one.get("paymentId")
        table.add_row(
            Text(str(one["id"]), style=frames.ACCENT),
            sight.day(one.get("issuedAt")),
            f"{one.get('description')} ({what})",
            frames.money(one.get("total"), one.get("currency")),
            frames.money(one.get("tax")),
        )
    return table


def state_of(payment: Data) -> str:
    """The whole truth, where it is told."""
    return str(frames.get(payment, "state", "status"))


def payment_card(payment: Data, sight: Sight) -> RenderableType:
    """One charge, printed like the receipt it leads to."""
    return frames.card(
        str(payment["id"]),
        frames.pairs(payment_facts(payment, sight)),
        *receipt(payment, sight),
        state=frames.badge(state_of(payment)),
    )


def payment_facts(payment: Data, sight: Sight) -> Iterator[tuple[str, RenderableType]]:
    """Amount, purpose, card, provider."""
    yield "Amount", Text(frames.money(payment.get("amount"), payment.get("currency")), style="bold")
    if float(payment.get("refundedAmount") or 0):
        yield "Refunded", Text(frames.money(payment["refundedAmount"], payment.get("currency")))
    yield "For", Text(str(frames.get(payment, "description", "purpose")))
    yield "Customer", Text(str(payment.get("customerId")))
    yield "Card", Text(str(frames.get(payment, "paidWith", "paymentMethodId", default="–")))
    yield "When", Text(sight.minute(payment.get("attemptedAt")))
    if payment.get("gatewayRef"):
        yield "Reference", Text(str(payment["gatewayRef"]))
    if payment.get("servedBy"):
        yield "Gave", Text(str(payment["servedBy"]))
    if payment.get("declineReason"):
        yield "Declined", Text(str(payment["declineReason"]).replace("_", " "), style="red")


def receipt(payment: Data, sight: Sight) -> Iterator[RenderableType]:
    """What was paid for, line by line, and the sum."""
    if not payment.get("lines"):
        return
    issued = payment.get("receipt") or {}
    yield frames.heading(f"Receipt {issued.get('number') or '(not issued)'}")
    table = frames.rows("what", "net", "tax", right=("net", "tax"))
    for line in payment["lines"]:
        table.add_row(
            str(line.get("text")), frames.money(line.get("net")), frames.money(line.get("tax"))
        )
    yield table
    if issued:
        total = frames.money(issued.get("total"), issued.get("currency"))
        yield Text(f"Total {total}, issued {sight.day(issued.get('issuedAt'))}", style="bold")
