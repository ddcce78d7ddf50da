"""Renewals: charged in batches, each settled alone, letters and logs included."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import connection

from apps.subscription.models import Renewal, Subscription
from bss.core import clock, sweeps
from bss.core.work import drain, drain_everything

from .figures import Figure, Size, Unmeasured
from .served import Served, drained
from .statements import counted

COUNTED = 50

# As if they had been activated a whole number of periods ago, so that the next one begins now.
_END_PERIOD = """
UPDATE subscription_subscription SET anchor_at = %(now)s - make_interval(days => period_length),
    period_start = %(now)s - make_interval(days => period_length), period_end = %(now)s,
    renewal_due_at = %(now)s
WHERE id = ANY(%(keys)s)
"""


def measure_statements(size: Size) -> list[Figure]:
    """Statements a renewal in a batch of fifty, from the sweep to the letter and the log."""
    due = len(make_due(COUNTED))
    with counted() as own:
        sweeps.run_sweep("renewals")
        drain("renewals")
    with counted() as told:
        drain_everything()
    all_told = (len(own) + len(told)) / due
    beside = f"{len(own) / due:.1f} until it is settled"
    return [Figure("statements a renewal, letter and log", all_told, "", at_most=25, beside=beside)]


def measure(served: Served) -> list[Figure]:
    """Renewals a second, from the sweep until the last is settled, posted and told."""
    due = len(make_due(served.size.renewals))
    since, started = clock.now() - timedelta(seconds=1), time.perf_counter()
    sweeps.run_sweep("renewals")
    rate = due / (drained() - started)
    settled = Renewal.objects.filter(settled_at__gte=since, state="granted").count()
    if settled < due:
        raise Unmeasured(f"Only {settled} of {due} renewals were settled.")
    return [
        Figure("renewals settled", rate, "renewals/s", at_least=60, beside=f"{due} due at once")
    ]


def make_due(count: int) -> list[str]:
    """Let the period of so many lines be over now; answers which."""
    now = clock.now()
    lines = Subscription.objects.filter(state="active", renewal_due_at__gt=now)
    lines = lines.filter(period_start__lt=now - timedelta(days=2))
    lines = lines.exclude(customer__payment_methods__token__contains="DECLINE").order_by("id")
    keys = list(lines.values_list("pk", flat=True)[:count])
    with connection.cursor() as cursor:
        cursor.execute(_END_PERIOD, {"now": now, "keys": keys})
    return [str(Subscription.public_id_of(key)) for key in keys]
