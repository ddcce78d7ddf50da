"""A line explained: its tariff, balances, charges and what stops it."""

from __future__ import annotations

from typing import Any

from apps.rating.policies import REFUSALS
from apps.subscription.rules import KINDS
from bss.core.clock import iso
from bss.core.money import money_text

from .balances import Balance
from .blocks import event_told, stopped
from .charges import Sold, money_kept, price_told, promotion_told
from .figures import Figure, Part, faults_of, money
from .records import Records, records_of


def explain_line(subscription_id: str, latest: int) -> dict[str, Any]:
    """The rows behind a line, and whether all they say adds up."""
    records = records_of(subscription_id, latest)
    line = records.line
    buckets = sorted(records.buckets.values(), key=lambda one: KINDS.index(one.kind))
    balances = [Balance(records, bucket) for bucket in buckets]
    sales = [sold(records, payment) for payment in records.payments]
    paid = paid_in_all(records)
    figures = [
        *(figure for balance in balances for figure in balance.figures),
        *(figure for sale in sales for figure in sale.figures()),
        *map(money_kept, records.payments),
        *paid,
    ]
    faults = [*faults_of(figures), *without_bucket(records)]
    return {
        "id": line.public_id,
        "customerId": line.owner,
        "msisdn": line.msisdn,
        "state": line.state,
        "currency": line.currency,
        "sums": not faults,
        "faults": faults,
        "tariff": tariff(records),
        "block": stopped(records),
        "balances": [balance.told() for balance in balances],
        "charges": [charge_told(sale) for sale in sales],
        "paid": [figure.told() for figure in paid],
        "refusedUsage": [refusal_told(row) for row in records.refused],
        "events": [event_told(event) for event in records.events],
        "@type": "SubscriptionExplanation",
    }


def sold(records: Records, payment: Any) -> Sold:
    """What a payment of a line is for."""
    activation = payment.purpose == "activation"
    return Sold(
        payment,
        order=records.order if activation else None,
        renewal=records.renewals.get(payment.key),
        top_up=records.top_ups.get(payment.key),
        promised=records.promised,
    )


def without_bucket(records: Records) -> list[str]:
    """What was granted or used of a kind that the line has no bucket of."""
    known = {grant.kind for grant in records.grants} | {row.kind for row in records.counted}
    return [f"{kind}: there are rows and no bucket." for kind in sorted(known - {*records.buckets})]


def tariff(records: Records) -> dict[str, Any]:
    """What the line costs now, by which price row, and what it changes to."""
    line = records.line
    return {
        "offeringId": line.offering_id,
        "name": line.offering.name,
        "price": price_told(line.price),
        "amount": money_text(line.amount),
        "discount": money_text(line.discount_amount),
        "next": money_text(line.amount - line.discount_amount),
        "promotion": promotion_told(line.promotion, line) if line.promotion else None,
        "periodStart": iso(line.period_start),
        "periodEnd": iso(line.period_end),
        "pendingOfferingId": line.pending_offering_id,
        "pendingPriceId": line.pending_price_id,
        "pendingEffectiveAt": iso(line.pending_effective_at),
    }


def charge_told(sale: Sold) -> dict[str, Any]:
    """A payment of the line, and where its amount comes from."""
    payment = sale.payment
    return {
        "id": payment.public_id,
        "at": iso(payment.captured_at or payment.created_at),
        "purpose": payment.purpose,
        "text": payment.description,
        "amount": money_text(payment.amount),
        "state": payment.state,
        "refunded": money_text(payment.refunded),
        "disputed": money_text(payment.disputed),
        **sale.told(),
        "figures": [figure.told() for figure in (*sale.figures(), money_kept(payment))],
    }


def paid_in_all(records: Records) -> list[Figure]:
    """What the line has brought in, payment by payment, as the ledger has it in all."""
    captured = [one for one in records.payments if one.state == "captured"]
    entries = [entry for one in records.payments for entry in one.entries.all()]
    stated = sum(entry.amount for entry in entries if entry.account == "cards_receivable")
    parts: list[Part] = []
    for one in captured:
        parts.append(Part(one.description, one.amount, one.public_id))
        if back := one.refunded + one.disputed:
            parts.append(Part("refunded or disputed", -back, one.public_id))
    return [money("paid for the line in all", stated, parts)]


def refusal_told(row: dict[str, Any]) -> dict[str, Any]:
    """How much usage a rule refused, and what it says."""
    known = REFUSALS.get(row["rule"])
    return {
        "rule": row["rule"],
        "ruleSays": known.message if known else None,
        "events": row["events"],
        "lastAt": iso(row["last"]),
    }
