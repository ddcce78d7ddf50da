"""What happens to payments without anybody asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from apps.payments.models import HookState, PaymentMethod, ProcessorEvent
from bss.core import clock
from bss.core.models import Call
from bss.core.sweeps import sweep

WARNED_BEFORE = timedelta(days=30)


@sweep(
    "parked payments",
    operation="payment.ask_again",
    every=settings.BSS.reconciliation_seconds,
    queue="money",
    actor="system:reconciler",
)
def due_questions(limit: int) -> list[dict[str, Any]]:
    """Calls to the card processor that were given up for an hour; money is never given up."""
    parked = Call.objects.filter(
        gateway="cards", state="parked", outcome__isnull=True, run_at__lte=Now()
    )
    return [{"call_id": pk} for pk in parked.order_by("pk").values_list("pk", flat=True)[:limit]]


@sweep("expiring cards", operation="payment_method.warn", every=3600.0, queue="mail")
def cards_to_warn_of(limit: int) -> list[dict[str, Any]]:
    """Cards on file that are over within a month, and whose owner has not been told."""
    soon = (clock.now() + WARNED_BEFORE).date()
    near = Q(exp_year__lt=soon.year) | Q(exp_year=soon.year, exp_month__lte=soon.month)
    found = PaymentMethod.objects.active().filter(near, warned_at=None)
    keys = found.order_by("exp_year", "exp_month", "pk").values_list("pk", flat=True)[:limit]
    return [{"payment_method_id": PaymentMethod.public_id_of(key)} for key in keys]


@sweep("processor messages", operation="processor_event.apply", every=60.0, queue="money")
def unmatched_messages(limit: int) -> list[dict[str, Any]]:
    """What a card processor told about something that was not there yet."""
    waiting = ProcessorEvent.objects.filter(state=HookState.WAITING, run_at__lte=Now())
    keys = waiting.order_by("run_at").values_list("pk", flat=True)[:limit]
    return [{"message_id": key} for key in keys]
