"""A payment explained: lines, price, tax, attempts, ledger, papers and what it gave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.catalog.models import Discounted
from apps.ordering.models import ProductOrderItem
from apps.payments.models import CreditNote, DisputeState, Payment, RefundState
from apps.payments.queries import payment_view
from apps.payments.rules import included
from apps.subscription.models import Grant, Renewal, TopUp
from bss.core.clock import iso
from bss.core.models import StoredEvent

from .blocks import event_told
from .charges import Sold, money_kept
from .figures import Figure, Part, faults_of, money
from .records import WITH_PRICE

RELATED = ("lines", "entries", "refunds", "disputes")
LOST = (DisputeState.OPENED, DisputeState.LOST)


def explain_payment(payment_id: str) -> dict[str, Any]:
    """The rows behind a payment, and whether all they say adds up."""
    payment = (
        Payment.objects.select_related("receipt").prefetch_related(*RELATED).get_by_id(payment_id)
    )
    sale = sale_of(payment)
    figures = list(figures_of(payment, sale))
    faults = faults_of(figures)
    return {
        **payment_view(payment_id),
        "sums": not faults,
        "faults": faults,
        "key": payment.key,
        **sale.told(),
        "gave": list(gave(payment)),
        "figures": [figure.told() for figure in figures],
        "ledger": [
            {"id": entry.pk, "account": entry.account, "at": iso(entry.at)}
            | {"amount": Figure("", "money", entry.amount, ()).told()["stated"]}
            for entry in payment.entries.all()
        ],
        "events": [event_told(event) for event in events_of(payment)],
        "@type": "PaymentExplanation",
    }


def sale_of(payment: Payment) -> Sold:
    """What a payment is for, and the promotion it was sold with."""
    if payment.purpose == "renewal":
        lines = ("subscription__promotion", "price", "offering")
        renewal = Renewal.objects.select_related(*lines).filter(key=payment.key).first()
        return Sold(payment, renewal=renewal, promised=renewal and promised(renewal))
    if payment.purpose == "topup":
        number = payment.key.removeprefix(TopUp.KEY)
        found = TopUp.objects.select_related("offering")
        return Sold(payment, top_up=found.filter(pk=number if number.isdigit() else None).first())
    order = items().filter(order__payment=payment).first()
    return Sold(payment, order=order, promised=order)


def promised(renewal: Renewal) -> Discounted:
    """Where the promotion is kept that a renewed line was sold with."""
    return items().filter(subscription=renewal.subscription).first() or renewal.subscription


def items() -> Any:
    """Ordered plans with their prices and promotions."""
    return ProductOrderItem.objects.select_related(*WITH_PRICE, "promotion").filter(action="add")


def figures_of(payment: Payment, sale: Sold) -> Iterator[Figure]:
    """All that must add up."""
    name, lines = payment.public_id, payment.lines.all()
    told = [Part(line.text, line.net + line.tax, f"line {line.position}") for line in lines]
    yield money(f"{name} amount, by its lines", payment.amount, told)
    yield money(f"{name} tax", payment.tax, [tax_of(line) for line in lines])
    yield from sale.figures()
    yield money_kept(payment)
    entries = [
        Part(f"{entry.account} {entry.at:%Y-%m-%d}", entry.amount, f"entry {entry.pk}")
        for entry in payment.entries.all()
    ]
    yield money(f"{name} debits and credits", 0, entries)
    yield from papers(payment)


def tax_of(line: Any) -> Part:
    """The tax in a line by its rate, or as stated where no rate is kept."""
    gross, rate = line.net + line.tax, line.tax_basis_points
    value = included(gross, rate) if rate else line.tax
    return Part(f"{rate / 100:g} % in {line.text}", value, f"line {line.position}")


def papers(payment: Payment) -> Iterator[Figure]:
    """Receipt, credit notes, refunds and disputes say what the payment says."""
    name, receipt = payment.public_id, getattr(payment, "receipt", None)
    captured = payment.amount if payment.state == "captured" else 0
    issued = [Part("receipt", receipt.total, receipt.public_id)] if receipt else []
    yield money(f"{name} captured, by its receipt", captured, issued)
    notes = CreditNote.objects.filter(refund__payment=payment).order_by("number")
    back = [Part("credit note", note.total, note.public_id) for note in notes]
    yield money(f"{name} refunded, by credit notes", payment.refunded, back)
    refunds = [one for one in payment.refunds.all() if one.state == RefundState.SUCCEEDED]
    parts = [Part(one.reason, one.amount, one.public_id) for one in refunds]
    yield money(f"{name} refunded", payment.refunded, parts)
    held = [one for one in payment.disputes.all() if one.state in LOST]
    withheld = [Part(one.reason, one.amount, one.public_id) for one in held]
    yield money(f"{name} disputed", payment.disputed, withheld)


def gave(payment: Payment) -> Iterator[dict[str, Any]]:
    """What was granted for a payment."""
    sources = {"source": payment.key} if payment.purpose == "topup" else None
    if payment.purpose == "renewal" and payment.served_by:
        renewal = Renewal.objects.filter(key=payment.key).first()
        if renewal:
            start = f"{renewal.period_start:%Y-%m-%dT%H:%M:%S}"
            sources = {"source__startswith": f"period/{payment.subject}/{start}/"}
    if sources:
        for grant in Grant.objects.filter(**sources).order_by("id"):
            yield {"source": grant.source, "kind": grant.kind, "total": grant.total}


def events_of(payment: Payment) -> list[StoredEvent]:
    """What was published about a payment, oldest first."""
    return list(StoredEvent.objects.filter(aggregate=payment.public_id).order_by("version"))
