"""Bringing in answers that did not come by themselves."""

from __future__ import annotations

from typing import Any, Literal

from django.db import connection
from django.db.models.functions import Now

from apps.payments import rules
from apps.payments.models import Payment
from bss.core.calls import Outcome
from bss.core.errors import Conflict
from bss.core.models import Call
from bss.core.operations import operation

LAST_ATTEMPT = 11


@operation("payment.reconcile", internal=True, effect="charge")
def reconcile(
    *,
    payment_id: str,
    kind: Literal["succeeded", "refused"],
    reference: str = "",
    code: str = "",
    reason: str = "",
) -> Payment:
    """Hand what the processor told by another way to the call that waits for it.

    The call itself then runs the payment's settler, so a webhook, a report and an inline answer
    all end the same way and only the first of them counts.
    """
    payment: Payment = Payment.objects.get_by_id(payment_id)
    step = "" if payment.awaiting in ("charge", "authorise") else payment.awaiting
    data: dict[str, Any] = {"reference": reference} if reference else {}
    outcome = Outcome(kind, data, code, reason)
    waiting = Call.objects.filter(
        gateway="cards",
        key=rules.attempt_key(payment.key, payment.attempt_number, step),
        state__in=("open", "parked"),
        outcome__isnull=True,
    )
    answered = waiting.update(
        state="answered",
        outcome=outcome.stored(),
        then_attempts=0,
        run_at=Now(),
        token=None,
        lease_until=None,
    )
    if not (payment.awaiting and answered):
        raise Conflict("payment.reconcile.not_waiting", f"{payment_id} waits for no answer.")
    return payment


@operation("payment.ask_again", internal=True, effect="write")
def ask_again(*, call_id: int) -> None:
    """Let a parked question to the card processor be asked once more, by look-up first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_call SET state = 'open', attempts = %s, run_at = now()"
            " WHERE id = %s AND state = 'parked' AND outcome IS NULL",
            [LAST_ATTEMPT, call_id],
        )
