"""Reads about what is written to customers."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context, Engine

from apps.crm import rules
from apps.crm.models import Customer, MessagePreference, Notification
from apps.crm.queries.people import PAGE_LIMIT
from bss.core.clock import iso
from bss.core.models import OperatorProfile
from bss.core.paging import clamp


@dataclass(frozen=True)
class Message:
    """A mail ready to go."""

    subject: str
    body: str


def message(template: str, values: dict[str, Any], locale: str = "") -> Message:
    """A template of templates/mail filled in, its first line the subject.

    A folder named after a locale holds what is translated; the rest is said as usual.
    """
    context = {
        "brand": settings.BSS.brand_name,
        "site": settings.BSS.base_url,
        **values,
    }
    # Plain text: nothing in it is markup, so nothing is escaped.
    names = [f"mail/{template}.txt"]
    if locale:
        names.insert(0, f"mail/{locale}/{template}.txt")
    text = Engine.get_default().select_template(names).render(Context(context, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    return Message(" ".join(subject.split()), body.strip() + "\n")


def notification_page(customer_id: str, limit: int) -> list[dict[str, Any]]:
    """The newest messages to a customer."""
    customer = Customer.objects.get_by_id(customer_id)
    found = Notification.objects.filter(customer=customer).order_by("-id")
    newest = found[: clamp(limit, PAGE_LIMIT)]
    return [notification_shape(notification, customer_id) for notification in newest]


def notification_shape(notification: Notification, customer_id: str) -> dict[str, Any]:
    """A message, as every door shows it."""
    return {
        "id": notification.public_id,
        "customerId": customer_id,
        "template": notification.template,
        "state": notification.state,
        "stateReason": notification.state_reason or None,
        "recipient": notification.recipient or None,
        "subject": notification.subject,
        "body": notification.body,
        "createdAt": iso(notification.created_at),
        "sendAt": iso(notification.send_at),
        "readAt": iso(notification.read_at),
    }


def notification_view(notification_id: str) -> dict[str, Any]:
    """One message."""
    notification = Notification.objects.get_by_id(notification_id)
    return notification_shape(notification, Customer.public_id_of(notification.customer_id) or "")


def given_name(customer_id: str) -> str:
    """What a customer is called in a letter."""
    customer: Customer = Customer.objects.select_related("individual").get_by_id(customer_id)
    return customer.individual.given_name


# --- how they wish it


def preference_view(customer_id: str) -> dict[str, Any]:
    """How a customer wishes to be written to."""
    customer = Customer.objects.get_by_id(customer_id)
    wish = MessagePreference.objects.filter(customer=customer).first() or MessagePreference()
    return {
        "customerId": customer.public_id,
        "locale": wish.locale or None,
        "zone": wish.zone or None,
        "quietFrom": wish.quiet_from.isoformat("minutes") if wish.quiet_from else None,
        "quietTo": wish.quiet_to.isoformat("minutes") if wish.quiet_to else None,
        "muted": sorted(wish.muted),
        "topics": sorted(set(rules.TOPICS.values())),
    }


def quiet_until(
    at: datetime, quiet_from: time | None, quiet_to: time | None, zone: str
) -> datetime | None:
    """When quiet hours end, None outside of them; a customer who set none has the operator's."""
    if quiet_from is None or quiet_to is None:
        if settings.BSS.quiet_hours is None:
            return None
        quiet_from, quiet_to = settings.BSS.quiet_hours
    local = at.astimezone(ZoneInfo(zone or OperatorProfile.load().zone))
    return rules.end_of_quiet(local, quiet_from, quiet_to)


def due_letters(at: datetime, limit: int) -> list[str]:
    """Letters that waited for the morning, which has come."""
    held = Notification.objects.filter(state="held", send_at__lte=at).order_by("send_at")
    return [
        Notification.public_id_of(key) or "" for key in held.values_list("id", flat=True)[:limit]
    ]
