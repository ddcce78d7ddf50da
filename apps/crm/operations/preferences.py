"""How customers wish to be written to."""

from __future__ import annotations

from datetime import time
from typing import Any

from apps.crm import policies, queries
from apps.crm.events import PreferencesChanged
from apps.crm.models import Customer, MessagePreference
from bss.core.events import publish
from bss.core.operations import operation


@operation("notification.get_preferences", effect="read", roles="care supervisor engineer customer")
def get_preferences(*, customer_id: str) -> dict[str, Any]:
    """Show how a customer wishes to be written to, and which topics can be muted."""
    return queries.preference_view(customer_id)


@operation("notification.set_preferences", effect="write", roles="care supervisor customer")
def set_preferences(
    *,
    customer_id: str,
    locale: str | None = None,
    zone: str | None = None,
    quiet_from: time | None = None,
    quiet_to: time | None = None,
    muted: list[str] | None = None,
) -> dict[str, Any]:
    """Change a customer's language, zone, quiet hours or muted topics; what is left out stays.

    Two equal times mean that no hour is quiet.
    """
    given = {
        "locale": locale,
        "zone": zone,
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
        "muted": muted,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    policies.require_wishes(changes)
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_open(customer)
    MessagePreference.objects.update_or_create(customer=customer, defaults=changes)
    publish(
        PreferencesChanged(customer_id=customer.public_id, fields=" ".join(changes)),
        aggregate=customer,
        about=customer.public_id,
        summary="Wishes to be written to otherwise",
    )
    return queries.preference_view(customer_id)
