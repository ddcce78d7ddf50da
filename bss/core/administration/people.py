"""Who may use the system: API clients and staff. Only admins hand out access."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any

from django.contrib.auth.models import Group
from django.db.models import Q
from pydantic import StringConstraints

from bss.core import clock, context, registry
from bss.core.administration.events import ClientCreated, ClientRevoked, StaffCreated
from bss.core.errors import NotFound, rule
from bss.core.events import publish
from bss.core.models import ApiClient, User
from bss.core.registry import ROLES, operation

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
UNKNOWN_ROLE = rule("staff.create.unknown_role", "There is no role {role}; use one of {roles}.")
UNKNOWN_SCOPE = rule(
    "client.create.unknown_scope",
    "No operation answers to {scopes}; use operations, noun.*, effect:read or *.",
)
NOT_HELD = rule(
    "client.create.scope_not_held", "You do not hold {scopes} yourself, so you cannot hand it out."
)


@operation("client.create", secret=True)
def create_client(
    *, name: Name, scopes: list[str], expires_at: datetime | None = None
) -> dict[str, Any]:
    """Make an API client and show its token, once."""
    require_known(scopes)
    token = ApiClient.new_token()
    client = ApiClient.objects.create(
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        token_digest=ApiClient.digest(token),
    )
    publish(ClientCreated(client=name, scopes=scopes), aggregate=client)
    return {**client_view(client), "token": token}


def require_known(scopes: list[str]) -> None:
    """Refuse scopes that name nothing."""
    known = registry.registry()
    nouns = {f"{operation.noun}.*" for operation in known.values()}
    effects = {f"effect:{effect}" for effect in registry.EFFECTS}
    unknown = sorted(set(scopes) - nouns - effects - set(known) - {"*"})
    if unknown or not scopes:
        raise UNKNOWN_SCOPE(scopes=", ".join(unknown) or "(none)")
    held = context.current().permissions
    if held is not None and "*" not in held and (beyond := set(scopes) - held):
        raise NOT_HELD(scopes=", ".join(sorted(beyond)))


def client_view(client: ApiClient) -> dict[str, Any]:
    """An API client, as every door shows it: never its token."""
    return {
        "id": client.public_id,
        "name": client.name,
        "scopes": client.scopes,
        "expiresAt": client.expires_at and client.expires_at.isoformat(),
        "revokedAt": client.revoked_at and client.revoked_at.isoformat(),
    }


@operation("client.list", effect="read", roles="engineer supervisor")
def list_clients() -> list[dict[str, Any]]:
    """List API clients; tokens are never shown again."""
    return [client_view(client) for client in ApiClient.objects.order_by("name")]


def key_of(name: str) -> int | None:
    """The key behind `CLI-000001`, or None when it is no such id."""
    prefix, _, digits = name.partition("-")
    return int(digits) if prefix == ApiClient.PREFIX and digits.isdigit() else None


@operation("client.revoke", effect="destructive", roles="engineer")
def revoke_client(*, name: str) -> dict[str, Any]:
    """Take an API client's token out of use for good."""
    named = Q(name=name) | Q(pk=key_of(name))
    client = ApiClient.objects.locking().filter(named).first()
    if client is None:
        raise NotFound("client", name)
    client.revoked_at = client.revoked_at or clock.real()
    client.save(update_fields=["revoked_at"])
    publish(ClientRevoked(client=client.name), aggregate=client)
    return client_view(client)


@operation("staff.create", secret=True)
def create_staff(
    *, username: str, email: str, role: str, password: str | None = None
) -> dict[str, Any]:
    """Make a staff account in a role; without a password one is made up and shown, once."""
    if role not in ROLES:
        raise UNKNOWN_ROLE(role=role, roles=", ".join(ROLES))
    chosen = password or secrets.token_urlsafe(9)
    user = User.objects.create_user(username, email, chosen, is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    publish(StaffCreated(username=username, role=role), aggregate=f"staff/{username}")
    shown = {} if password else {"password": chosen}
    return {"username": user.username, "email": user.email, "roles": [role], **shown}


def staff_view(user: User) -> dict[str, Any]:
    """A colleague, loaded with their groups."""
    return {
        "username": user.username,
        "email": user.email,
        "roles": sorted(group.name for group in user.groups.all()),
        "active": user.is_active,
        "lastLogin": user.last_login and user.last_login.isoformat(),
    }


@operation("staff.list", effect="read", roles="supervisor")
def list_staff() -> list[dict[str, Any]]:
    """List who may sign in to the cockpit, and in which roles."""
    staff = User.objects.filter(is_staff=True).prefetch_related("groups").order_by("username")
    return [staff_view(user) for user in staff]
