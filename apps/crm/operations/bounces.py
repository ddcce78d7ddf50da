"""Addresses that mail comes back from."""

from __future__ import annotations

from typing import Any, Literal

from apps.crm.events import ContactMediumBounced
from apps.crm.models import ContactMedium, Customer
from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation


@operation("notification.report_bounce", effect="write", roles="care supervisor engineer")
def report_bounce(
    *, address: str, reason: str, kind: Literal["bounce", "complaint"] = "bounce"
) -> dict[str, Any]:
    """Write to an address no more that mail came back from, or whose reader complained.

    Its owner proves it anew to be written to again.
    """
    medium = mark_bounced(address, f"{kind}: {reason}")
    customer_id = Customer.public_id_of(medium.customer_id) if medium else None
    return {"address": address, "customerId": customer_id, "known": medium is not None}


def mark_bounced(address: str, reason: str) -> ContactMedium | None:
    """The contact medium of an address, marked once as one that nothing is sent to."""
    asked = ContactMedium.objects.with_email(address.strip()).first()
    if asked is None:
        return None
    customer = Customer.objects.lock(asked.customer_id)
    medium: ContactMedium = ContactMedium.objects.get(pk=asked.pk)
    if medium.bounced_at is None:
        medium.bounced_at = clock.now()
        medium.save(update_fields=["bounced_at"])
        publish(
            ContactMediumBounced(
                customer_id=customer.public_id, contact_medium_id=medium.public_id, reason=reason
            ),
            aggregate=customer,
            about=customer.public_id,
            summary=f"Mail comes back: {reason}",
        )
    return medium
