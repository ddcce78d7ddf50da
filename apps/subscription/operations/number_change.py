"""Another number for a line."""

from __future__ import annotations

from datetime import datetime

from psycopg.types.range import TimestamptzRange

from apps.provisioning import operations as provisioning
from apps.subscription import policies, queries
from apps.subscription.events import NumberReplaced
from apps.subscription.models import NumberAssignment, Subscription
from bss.core import clock
from bss.core.operations import operation

from .device_change import replace_in_network
from .facts import announce
from .lines import give_up_number


@operation("subscription.replace_number", internal=True, result=queries.subscription_view)
def replace_number(*, subscription_id: str, msisdn: str, reason: str) -> Subscription:
    """Put a number that is reserved for a line in the place of the one it has, which then rests.

    Usage of before this moment stays with the old number.
    """
    line: Subscription = Subscription.objects.lock(subscription_id)
    policies.require_number_replaceable(line)
    old = line.msisdn
    provisioning.quarantine_number(owner=line.public_id, msisdn=old, reason=reason)
    provisioning.assign_number(owner=line.public_id, msisdn=msisdn)
    provisioning.assign_esim(owner=line.public_id, msisdn=msisdn)
    hold_from(line, msisdn, clock.now())
    line.follow_up(msisdn=msisdn)
    replace_in_network(line)
    announce(line, NumberReplaced, f"replaces {old}", old_msisdn=old, reason=reason)
    return line


def hold_from(line: Subscription, msisdn: str, now: datetime) -> None:
    """End the time a line held its number, and begin that of another."""
    give_up_number(line, now)
    NumberAssignment.objects.create(
        msisdn=msisdn, subscription=line, valid=TimestamptzRange(now, None)
    )
