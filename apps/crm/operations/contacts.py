from typing import Any, Literal

from django.db import IntegrityError, transaction

from apps.crm import policies, queries, rules
from apps.crm.events import (
    ContactMediumAdded,
    ContactMediumRemoved,
    ContactMediumUpdated,
)
from apps.crm.models import ContactMedium, Customer, MediumType
from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation

Kind = Literal["email", "phone", "mobile", "postal", "address"]


@operation("customer.contact_history", effect="read", roles="care supervisor")
def show_contact_history(*, customer_id: str) -> list[dict[str, Any]]:
    """List every way a customer could ever be reached, and when it held."""
    return queries.contact_history(customer_id)


@operation(
    "customer.add_contact_medium",
    effect="write",
    roles="care supervisor",
    result=queries.customer_view,
)
def add_contact_medium(*, customer_id: str, medium_type: Kind, value: str) -> Customer:
    """Add another way to reach a customer."""
    kind = rules.MEDIUM_TYPES[medium_type]
    customer = lock_open(customer_id)
    policies.require_first_email(customer, kind)
    medium = _add(customer, kind, policies.usable_contact(kind, value))
    publish(
        ContactMediumAdded(
            customer_id=customer.public_id,
            contact_medium_id=medium.public_id,
            medium_type=kind,
        ),
        aggregate=customer,
        about=customer.public_id,
        summary=f"Contact added: {kind}",
        after={"contact_medium": medium.public_id, "primary": medium.is_primary},
    )
    return customer


@operation(
    "customer.update_contact",
    effect="write",
    roles="care supervisor",
    result=queries.customer_view,
)
def update_contact(
    *, customer_id: str, email: str | None = None, phone: str | None = None
) -> Customer:
    """Change a customer's phone number; e-mail addresses are changed by their owners only."""
    if email is None and phone is None:
        raise policies.NOTHING_TO_UPDATE()
    customer = lock_open(customer_id)
    if email is not None:
        policies.require_same_email(customer, email)
    if phone is not None:
        _replace(customer, MediumType.PHONE, policies.usable_contact(MediumType.PHONE, phone))
    return customer


@operation("customer.change_email", effect="write", internal=True, result=queries.customer_view)
def change_email(*, customer_id: str, email: str) -> Customer:
    """Let a customer's mail go to an address they have proven to read."""
    customer = lock_open(customer_id)
    _replace(customer, MediumType.EMAIL, policies.usable_contact(MediumType.EMAIL, email))
    return customer


@operation("customer.remove_contact_medium", effect="destructive", roles="care supervisor")
def remove_contact_medium(*, customer_id: str, medium_id: str) -> dict[str, Any]:
    """End a way to reach a customer, unless it is the last one."""
    customer = lock_open(customer_id)
    medium = _live_medium(customer, medium_id)
    policies.require_removable(customer, medium)
    _end(medium)
    _elect_primary(customer, medium.medium_type)
    publish(
        ContactMediumRemoved(
            customer_id=customer.public_id,
            contact_medium_id=medium.public_id,
            medium_type=medium.medium_type,
        ),
        aggregate=customer,
        about=customer.public_id,
        summary=f"Contact removed: {medium.medium_type}",
        before={"contact_medium": medium.public_id},
    )
    return {"ok": True, "customerId": customer.public_id, "mediumId": medium.public_id}


def lock_open(customer_id: str) -> Customer:
    """The customer, locked, unless closed."""
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_open(customer)
    return customer


def _live_medium(customer: Customer, medium_id: str) -> ContactMedium:
    medium: ContactMedium = ContactMedium.objects.get_by_id(medium_id)
    if medium.customer_id != customer.pk or medium.valid_to is not None:
        raise policies.NOT_THEIRS(customer_id=customer.public_id, medium_id=medium_id)
    return medium


def _add(customer: Customer, medium_type: str, value: str) -> ContactMedium:
    first = not customer.contact_media.live().filter(medium_type=medium_type).exists()
    if medium_type == MediumType.EMAIL:
        policies.require_email_free(value)
    try:
        with transaction.atomic():
            return ContactMedium.objects.create(
                customer=customer,
                medium_type=medium_type,
                value=value,
                is_primary=first,
            )
    except IntegrityError as error:
        raise policies.EMAIL_TAKEN() from error


def _replace(customer: Customer, medium_type: str, value: str) -> None:
    old = customer.contact_media.live().filter(medium_type=medium_type, is_primary=True).first()
    if old and old.value == value:
        return
    if old:
        _end(old)
    new = _add(customer, medium_type, value)
    publish(
        ContactMediumUpdated(
            customer_id=customer.public_id,
            contact_medium_id=new.public_id,
            replaced_id=old.public_id if old else "",
            medium_type=medium_type,
        ),
        aggregate=customer,
        about=customer.public_id,
        summary=f"Contact changed: {medium_type}",
        before={"contact_medium": old.public_id if old else None},
        after={"contact_medium": new.public_id},
    )


def _end(medium: ContactMedium) -> None:
    medium.valid_to = clock.now()
    medium.is_primary = False
    medium.save(update_fields=["valid_to", "is_primary"])


def _elect_primary(customer: Customer, medium_type: str) -> None:
    others = customer.contact_media.live().filter(medium_type=medium_type).order_by("id")
    if others and not any(medium.is_primary for medium in others):
        ContactMedium.objects.filter(pk=others[0].pk).update(is_primary=True)
