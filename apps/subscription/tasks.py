"""What is looked for regularly: due renewals, reminders, grants that are over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

from apps.crm.queries import untold_notices as untold
from apps.subscription import queries
from apps.subscription.models import DeviceChange
from apps.subscription.operations.renewals import BATCH
from apps.subscription.queries import changes
from bss.core import clock
from bss.core.sweeps import sweep

RENEWAL_TICK = settings.BSS.renewal_tick_seconds


def in_batches(name: str, ids: list[Any]) -> list[dict[str, Any]]:
    """Argument dicts for an operation that takes up to a batch of ids."""
    return [{name: ids[first : first + BATCH]} for first in range(0, len(ids), BATCH)]


@sweep(
    "renewals",
    operation="subscription.open_renewals",
    every=RENEWAL_TICK,
    queue="renewals",
    actor="system:renewal_worker",
    split="subscription_ids",
)
def due_renewals(limit: int) -> list[dict[str, Any]]:
    """Lines whose next period should be charged."""
    return in_batches("subscription_ids", queries.due_lines(limit))


@sweep(
    "renewal reminders",
    operation="subscription.remind",
    every=RENEWAL_TICK,
    queue="renewals",
    actor="system:renewal_worker",
    split="subscription_ids",
)
def due_reminders(limit: int) -> list[dict[str, Any]]:
    """Lines that will soon be charged."""
    ahead = timedelta(seconds=settings.BSS.renewal_reminder_seconds)
    return in_batches("subscription_ids", queries.lines_to_remind(ahead, limit))


@sweep(
    "grants",
    operation="subscription.close_grants",
    every=300,
    queue="renewals",
    split="subscription_ids",
)
def over_grants(limit: int) -> list[dict[str, Any]]:
    """Lines with grants that are over."""
    return in_batches("subscription_ids", queries.grants_to_close(limit))


@sweep("pauses", operation="subscription.end_pause", every=60, queue="renewals")
def pauses_over(limit: int) -> list[dict[str, Any]]:
    """Lines that were to rest until now."""
    return [{"suspension_id": one} for one in changes.pauses_over(limit)]


@sweep("endings", operation="subscription.end_with_period", every=60, queue="renewals")
def last_periods_over(limit: int) -> list[dict[str, Any]]:
    """Lines that end because their owners wanted them to."""
    return [{"subscription_id": one} for one in queries.lines_to_end(limit)]


@sweep("reservations", operation="bucket.lapse", every=60, queue="renewals")
def reservations_over(limit: int) -> list[dict[str, Any]]:
    """What was kept from use for too long."""
    return [{"change_id": one} for one in changes.reservations_over(limit)]


@sweep("notices", operation="notice.reach", every=10, queue="mail")
def untold_notices(limit: int) -> list[dict[str, Any]]:
    """Planned work and outages that somebody is still to hear of."""
    return [{"notice_id": id} for id in untold(limit)]


@sweep(
    "device changes",
    operation="subscription.expire_device_change",
    every=60,
    queue="orders",
)
def over_device_changes(limit: int) -> list[dict[str, Any]]:
    """Changes of device whose time is over."""
    keys = DeviceChange.objects.due_at(clock.now()).values_list("pk", flat=True)[:limit]
    return [{"change_id": DeviceChange.public_id_of(key)} for key in keys]
