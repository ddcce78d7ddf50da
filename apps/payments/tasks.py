"""What happens to payments without anybody asking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from bss.core.models import Call
from bss.core.sweeps import sweep


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
