"""What the cockpit itself adds: following a thing through the house, and a new installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from bss.core import traces
from bss.core.administration import create_staff
from bss.core.models import OperatorProfile, User
from bss.core.operations import operation

from .demo import forget_demo, restore_demo, seed_demo

__all__ = [
    "forget_demo",
    "restore_demo",
    "seed",
    "seed_demo",
    "trace_for_order",
    "trace_for_subscription",
]

# Only ever made on a sandbox, which never serves anybody but its owner.
DEMO_STAFF = (("olga", "admin"), ("max", "auditor"))
DEMO_PASSWORD = "demo"  # noqa: S105


@operation("trace.for_order", effect="read", roles="engineer supervisor care")
def trace_for_order(*, order_id: str) -> dict[str, Any]:
    """Show how an order was carried out, step by step."""
    return traces.summary(traces.trace_of(order_id, newest=True), orderId=order_id)


@operation("trace.for_subscription", effect="read", roles="engineer supervisor care")
def trace_for_subscription(*, subscription_id: str) -> dict[str, Any]:
    """Show how a line came to be, step by step."""
    return traces.summary(traces.trace_of(subscription_id), subscriptionId=subscription_id)


@operation("cockpit.seed", internal=True)
def seed() -> dict[str, Any]:
    """Write the operator's profile, and on a new sandbox make two people who can sign in."""
    profile, made = OperatorProfile.objects.get_or_create(
        pk=1, defaults={"sandbox": settings.BSS.sandbox}
    )
    logins = demo_staff() if profile.sandbox and not User.objects.exists() else []
    return {"operator profile": int(made), "staff": len(logins), "logins": logins}


def demo_staff() -> list[str]:
    """Make the demonstration's staff; how to sign in as each of them."""
    for name, role in DEMO_STAFF:
        create_staff(username=name, email=f"{name}@example.com", role=role, password=DEMO_PASSWORD)
    return [f"{name} / {DEMO_PASSWORD} ({role})" for name, role in DEMO_STAFF]
