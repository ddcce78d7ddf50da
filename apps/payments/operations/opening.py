"""Opening payments: one row per key for ever, a numbered attempt, a call to the processor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Literal

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from apps.payments import policies, queries, rules
from apps.payments.models import (
    OVER_WITHOUT_MONEY,
    Payment,
    PaymentAttempt,
    PaymentLine,
    PaymentMethod,
    TaxExemption,
)
from apps.payments.rules import Line, Wanted
from bss.core import clock
from bss.core.calls import request_call
from bss.core.errors import Conflict
from bss.core.models import OperatorProfile
from bss.core.operations import operation

from .settlers import settler_of

# Read along with the cards: whose tax a price holds is asked for every payment.
SELLER = OperatorProfile.objects.filter(pk=1).values(
    seller=JSONObject(country="country", tax_id="tax_id", zone="zone")
)
EXEMPTION = TaxExemption.objects.filter(customer_id=OuterRef("customer_id"), ended_at=None)
COLUMNS = [field.attname for field in Payment._meta.concrete_fields]
# Payment, lines and first attempt of every key not seen before, in one statement. A twin with the
# same key waits at the unique index until the first has committed, then inserts nothing.
OPEN = f"""
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(%(payments)s) AS w(key text, purpose text, customer_id bigint,
        method_id bigint, subject text, amount bigint, tax bigint, capture text, awaiting text,
        description text, paid_with text)
), opened AS (
    INSERT INTO payments_payment (key, purpose, customer_id, method_id, subject, amount, tax,
        currency, capture, awaiting, attempt_number, reference, description, paid_with, refunding,
        refunded, served_by, created_at, state, state_reason, state_changed_at)
    SELECT key, purpose, customer_id, method_id, subject, amount, tax,
        coalesce((SELECT currency FROM core_operatorprofile WHERE id = 1), %(currency)s),
        capture, awaiting, 1, '', description, paid_with, 0,
        0, '', %(now)s, 'requested', '', %(now)s
    FROM wanted ORDER BY key ON CONFLICT (key) DO NOTHING RETURNING *
), attempted AS (
    INSERT INTO payments_paymentattempt (payment_id, number, method_id, amount, state, reference,
        code, reason, requested_at)
    SELECT id, 1, method_id, amount, 'requested', '', '', '', %(now)s FROM opened
), lined AS (
    INSERT INTO payments_paymentline (payment_id, position, text, offering_id, tax_class, net, tax,
        tax_basis_points)
    SELECT o.id, l.position, l.text, l.offering_id, l.tax_class, l.net, l.tax, l.tax_basis_points
    FROM jsonb_to_recordset(%(lines)s) AS l(key text, position int, text text, offering_id text,
        tax_class text, net bigint, tax bigint, tax_basis_points int) JOIN opened o USING (key)
)
SELECT {", ".join(f"opened.{column}" for column in COLUMNS)} FROM opened
"""  # noqa: S608


@operation("payment.open", internal=True, effect="charge")
def open_payment(
    *,
    purpose: str,
    key: str,
    customer_id: str,
    lines: Sequence[Line],
    capture: Literal["now", "later"],
    method_id: str | None = None,
    subject: str = "",
) -> Payment:
    """The one payment of a key, asked for at the processor unless it is under way or paid.

    A key seen before opens a new attempt only when its last one is finally declined or voided.
    Without a method the customer's default card pays; nothing to pay needs no card.
    """
    wanted = Wanted(
        purpose=purpose,
        key=key,
        customer_id=customer_id,
        lines=lines,
        capture=capture,
        method_id=method_id,
        subject=subject,
    )
    return _open([wanted])[0]


@operation("payment.open_many", internal=True, effect="charge")
def open_payments(*, wanted: Sequence[Wanted]) -> list[Payment]:
    """The payments of many keys at the price of a few statements; one refusal refuses all."""
    return _open(wanted)


def _open(wanted: Sequence[Wanted]) -> list[Payment]:
    methods = _methods_for(wanted)
    wanted = _taken_apart(wanted, methods)
    opened = _insert(wanted, methods)
    for each in wanted:
        if each.key in opened:
            _request(opened[each.key], methods.get(each.key))
    missing = [each for each in wanted if each.key not in opened]
    if missing:
        opened |= _reopen(missing, methods)
    return [opened[each.key] for each in wanted]


def _taken_apart(wanted: Sequence[Wanted], methods: dict[str, PaymentMethod]) -> Sequence[Wanted]:
    """Payments wanted, with what their prices hold of sales tax; what costs nothing holds none."""
    # Before the profile is first saved its defaults hold, and those collect no tax.
    seller = next((getattr(method, "seller", None) for method in methods.values()), None)
    if seller is None:
        return wanted
    exempt = frozenset(key for key, method in methods.items() if method.exempt)  # type: ignore[attr-defined]
    return rules.all_taken_apart(wanted, *_regime_of(OperatorProfile(**seller)), exempt)


def _methods_for(wanted: Sequence[Wanted]) -> dict[str, PaymentMethod]:
    """The card of each key, checked; keys that need none are left out."""
    named = [queries.method_key(each.method_id) for each in wanted if each.method_id]
    payers = [queries.customer_key(each.customer_id) for each in wanted if not each.method_id]
    found = PaymentMethod.objects.filter(
        Q(pk__in=named) | Q(customer_id__in=payers, is_default=True)
    ).annotate(seller=Subquery(SELLER), exempt=Exists(EXEMPTION))
    by_id = {method.public_id: method for method in found}
    defaults = {method.customer_id: method for method in by_id.values() if method.is_default}
    chosen = {}
    for each in wanted:
        method = policies.require_method(each, by_id, defaults)
        if method is not None:
            chosen[each.key] = method
    return chosen


def _insert(wanted: Sequence[Wanted], methods: dict[str, PaymentMethod]) -> dict[str, Payment]:
    parameters = {
        "payments": json.dumps([_row(each, methods.get(each.key)) for each in wanted]),
        "lines": json.dumps(
            [{"key": each.key, **row} for each in wanted for row in rules.as_rows(each.lines)]
        ),
        "currency": OperatorProfile._meta.get_field("currency").default,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN, parameters)
        rows = [Payment.from_db("default", COLUMNS, row) for row in cursor.fetchall()]
    return {payment.key: payment for payment in rows}


def _row(wanted: Wanted, method: PaymentMethod | None) -> dict[str, object]:
    return {
        "key": wanted.key,
        "purpose": wanted.purpose,
        "customer_id": queries.customer_key(wanted.customer_id),
        "method_id": method.pk if method else None,
        "subject": wanted.subject,
        "amount": wanted.amount,
        "tax": wanted.tax,
        "capture": wanted.capture,
        "awaiting": wanted.first_step,
        "description": rules.describe(wanted.lines),
        "paid_with": method.label if method else "",
    }


def _reopen(wanted: Sequence[Wanted], methods: dict[str, PaymentMethod]) -> dict[str, Payment]:
    keys = [each.key for each in wanted]
    rows = Payment.objects.locking().filter(key__in=keys).order_by("pk")
    known = {payment.key: payment for payment in rows}
    for each in wanted:
        payment = known[each.key]
        _require_same(payment, each)
        if payment.state in OVER_WITHOUT_MONEY and not payment.awaiting:
            _retry(payment, each, methods.get(each.key))
    return known


def _require_same(payment: Payment, wanted: Wanted) -> None:
    asked = (wanted.purpose, queries.customer_key(wanted.customer_id), wanted.subject)
    if (payment.purpose, payment.customer_id, payment.subject) != asked:
        raise Conflict("payment.open.key_taken", f"Key {wanted.key} belongs to another payment.")


def _retry(payment: Payment, wanted: Wanted, method: PaymentMethod | None) -> None:
    row = _row(wanted, method)
    changed = ["method_id", "amount", "tax", "capture", "awaiting", "description", "paid_with"]
    for name in changed:
        setattr(payment, name, row[name])
    payment.attempt_number += 1
    payment.reference = ""
    payment.move("retry", also=[*changed, "attempt_number", "reference"])
    PaymentAttempt.objects.create(
        payment=payment,
        number=payment.attempt_number,
        method=method,
        amount=payment.amount,
    )
    payment.lines.all().delete()
    PaymentLine.objects.bulk_create(
        PaymentLine(payment=payment, **line) for line in rules.as_rows(wanted.lines)
    )
    _request(payment, method)


def _request(payment: Payment, card: PaymentMethod | None) -> None:
    request_call(
        gateway=gateway_of(payment),
        method=payment.awaiting,
        key=rules.attempt_key(payment.key, payment.attempt_number),
        args={
            "token": card.token if card else "",
            "payer": card.payer if card else "",
            "amount": payment.amount,
            "currency": payment.currency,
            "description": payment.description,
            "payment": payment.public_id,
        },
        then=settler_of(payment.purpose),
        then_args={"payment_id": payment.public_id},
        queue=queue_of(payment),
        about=payment.public_id,
        shown={
            "amount": payment.amount,
            "currency": payment.currency,
            "to": payment.paid_with,
            "for": payment.description,
        },
    )


def regime_today() -> tuple[rules.Regime, date]:
    """The sales tax that the operator collects, and the day whose rates hold."""
    return _regime_of(OperatorProfile.load())


def _regime_of(profile: OperatorProfile) -> tuple[rules.Regime, date]:
    seller = rules.Seller(profile.country, bool(profile.tax_id))
    return seller.regime, queries.local_day(clock.now(), profile)


def gateway_of(payment: Payment) -> str:
    """Nothing is settled without a processor, but on the same path."""
    return "cards" if payment.amount else "nothing"


def queue_of(payment: Payment) -> str:
    """Renewals wait among themselves, so that a wave of them delays no purchase."""
    return "renewals" if payment.purpose == "renewal" else "money"
