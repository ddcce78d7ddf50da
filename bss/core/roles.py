"""Staff roles: Django groups over one permission per operation."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

from bss.core import registry
from bss.core.context import Context
from bss.core.registry import ROLES, Operation

# Whose own things some operations are about; no role of the staff.
CUSTOMERS = frozenset({"customer"})


def holders(operation: Operation) -> frozenset[str]:
    """The roles that may run an operation out of the box."""
    if operation.internal or operation.roles == CUSTOMERS:
        return frozenset()
    implied = {"admin", "auditor"} if operation.is_read else {"admin"}
    return (operation.roles - CUSTOMERS) | implied


def as_customer(customer_id: str, channel: str) -> Context:
    """A customer at a door of their own: theirs alone, and only what customers may run."""
    held = frozenset(
        name
        for name, operation in registry.registry().items()
        if "customer" in operation.roles and not operation.internal
    )
    return Context(actor=customer_id, channel=channel, customer_id=customer_id, permissions=held)


def defaults_of(role: str) -> frozenset[str]:
    """The operations a role may run out of the box."""
    return frozenset(
        name for name, operation in registry.registry().items() if role in holders(operation)
    )


def permissions_of(user: Any) -> frozenset[str] | None:
    """The operations a signed-in person may run; everything for a superuser."""
    if user.is_superuser and user.is_active:
        return frozenset({"*"})
    held = user.get_all_permissions()
    return frozenset(name.removeprefix("core.") for name in held if name.startswith("core."))


def install(sender: AppConfig, **_: Any) -> None:
    """After migrating: a permission per operation, a group per role, defaults for what is new.

    What an operator changed in the admin stays: only permissions made here are handed out.
    """
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType

    from bss.core.models import OperationPermission

    content_type = ContentType.objects.get_for_model(OperationPermission)
    known = set(
        Permission.objects.filter(content_type=content_type).values_list("codename", flat=True)
    )
    public = {name: op for name, op in registry.registry().items() if not op.internal}
    new = [name for name in public if name not in known]
    groups = {role: Group.objects.get_or_create(name=role)[0] for role in ROLES}
    made = Permission.objects.bulk_create(
        Permission(content_type=content_type, codename=name, name=f"Can run {name}"[:255])
        for name in new
    )
    membership = Group.permissions.through
    membership.objects.bulk_create(
        membership(group_id=groups[role].pk, permission_id=permission.pk)
        for permission in made
        for role in holders(public[permission.codename])
    )
