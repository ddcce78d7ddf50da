"""Who is told what happens."""

from __future__ import annotations

from typing import Annotated, Any

from django.db import IntegrityError, transaction
from pydantic import StringConstraints

from bss.core import context
from bss.core.errors import Conflict, rule
from bss.core.events import publish
from bss.core.operations import operation
from bss.tmf.callbacks import is_reachable
from bss.tmf.events import HubRegistered, HubUnregistered
from bss.tmf.models import Hub

UNREACHABLE = rule(
    "hub.register.private_address",
    "{callback} is not an address on the public network; https addresses of other hosts are.",
)
Address = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=500)]


def hub_view(hub_id: str) -> dict[str, Any]:
    """One registration."""
    hub = Hub.objects.get_by_id(hub_id)
    shown = {"id": hub.public_id, "callback": hub.callback, "query": hub.query or None}
    return shown | {"api": hub.api, "client": hub.client}


@operation("hub.register", roles="engineer supervisor", result=hub_view)
def register(
    *, api: str, callback: Address, query: Annotated[str, StringConstraints(max_length=500)] = ""
) -> Hub:
    """Have an address told what happens in an API."""
    if not is_reachable(callback):
        raise UNREACHABLE(callback=callback)
    wanted = {"api": api, "callback": callback, "query": query}
    try:
        with transaction.atomic():
            hub = Hub.objects.create(client=context.current().service_identity, **wanted)
    except IntegrityError:
        raise Conflict("hub.known", f"{callback} is told of that already.") from None
    publish(
        HubRegistered(hub_id=hub.public_id, api=api),
        aggregate=hub,
        summary=f"{api} tells {callback}",
    )
    return hub


@operation("hub.unregister", roles="engineer supervisor")
def unregister(*, hub_id: str, api: str) -> dict[str, Any]:
    """Stop telling an address what happens."""
    mine = Hub.objects.filter(api=api, client=context.current().service_identity)
    hub: Hub = mine.lock(hub_id)
    publish(
        HubUnregistered(hub_id=hub.public_id, api=api),
        aggregate=hub,
        summary=f"{hub.callback} is told no more",
    )
    mine.filter(pk=hub.pk).delete()
    return {"id": hub.public_id}
