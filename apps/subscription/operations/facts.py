"""What every operation on a line tells."""

from __future__ import annotations

from typing import Any

from apps.subscription.events import SubscriptionEvent
from apps.subscription.models import Subscription
from bss.core.events import publish


def announce(
    line: Subscription,
    event: type[SubscriptionEvent],
    summary: str,
    *,
    in_log: bool = True,
    **fields: Any,
) -> None:
    """Publish an event of a locked line, about the customer who pays for it.

    What only repeats another event stays out of the customer's log.
    """
    fact = event(
        subscription_id=line.public_id,
        customer_id=line.owner,
        msisdn=line.msisdn,
        offering_id=line.offering_id,
        **fields,
    )
    about = line.owner if in_log else ""
    publish(fact, aggregate=line, about=about, summary=f"Line {line.msisdn} {summary}")
