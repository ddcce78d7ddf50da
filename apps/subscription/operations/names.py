"""What owners call their lines."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from apps.crm.models import Customer
from apps.subscription import queries
from apps.subscription.events.changes import (
    SubscriptionRenamed,
)
from apps.subscription.models import Subscription
from bss.core.operations import operation

from .facts import announce

Nickname = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


@operation("subscription.rename", roles="care supervisor", result=queries.subscription_view)
def rename(*, subscription_id: str, nickname: Nickname) -> Subscription:
    """Call a line something its owner knows it by; an empty word takes the name away."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    if line.nickname != nickname:
        line.follow_up(nickname=nickname)
        announce(line, SubscriptionRenamed, f'is called "{nickname}"', nickname=nickname)
    return line


@operation("subscription.erase_names", internal=True, effect="destructive")
def erase_names(*, customer_id: str) -> int:
    """Forget what an erased customer called their lines; how many those were."""
    customer = Customer.objects.get_by_id(customer_id)
    named = Subscription.objects.filter(customer=customer).exclude(nickname="")
    gone: int = named.update(nickname="")
    return gone
