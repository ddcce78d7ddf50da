"""What must always be true of pools, services, orders and tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from bss.core.invariants import Broken, invariant, touched_since
from bss.core.models import Call

from . import rules
from .models import EsimProfile, Number, ProvisioningTask, Service, ServiceOrder
from .models.esims import OWNABLE
from .models.services import LIVE


def touched(rows: QuerySet[Any], since: datetime | None) -> QuerySet[Any]:
    """Rows whose owner something happened to since a moment, or all of them."""
    # That owners are not empty is what lets the indexes serve.
    return rows.exclude(owner="").filter(owner__in=touched_since(since)) if since else rows


def named(rows: QuerySet[Any], **facts: str) -> Iterator[dict[str, Any]]:
    """Each row by its public id, with some of its fields."""
    for row in rows:
        yield {
            "id": row.public_id,
            **{name: getattr(row, field) for name, field in facts.items()},
        }


@invariant(
    "provisioning.line_has_number_and_esim",
    "an assigned number's owner has exactly one live eSIM, and it carries that number",
)
def line_has_number_and_esim(since: datetime | None) -> Broken:
    """Assigned numbers whose owner has no eSIM, or one that carries another number."""
    assigned = touched(Number.objects.filter(state=Number.State.ASSIGNED), since)
    owned = EsimProfile.objects.exclude(owner="").filter(state__in=OWNABLE)
    esims = owned.filter(owner=OuterRef("owner"))
    fitting = esims.filter(Q(msisdn="") | Q(msisdn=OuterRef("msisdn")))
    return named(assigned.filter(~Exists(fitting)), owner="owner")


@invariant(
    "provisioning.service_has_number",
    "the owner of a service in use has a number, unless the service is being ended",
)
def service_has_number(since: datetime | None) -> Broken:
    """Services in use whose owner lost the number."""
    used = (Service.State.ACTIVATED, Service.State.SUSPENDED)
    services = touched(Service.objects.filter(kind="CFS", state__in=used), since)
    numbers = Number.objects.exclude(owner="").filter(owner=OuterRef("owner"))
    ending = ServiceOrder.objects.filter(cfs=OuterRef("pk"), action=ServiceOrder.Action.TERMINATE)
    return named(services.filter(~Exists(numbers), ~Exists(ending)), owner="owner")


@invariant(
    "provisioning.nothing_stranded",
    "no number and no eSIM belongs to an owner whose service has ended",
)
def nothing_stranded(since: datetime | None) -> Broken:
    """Numbers and eSIMs whose owner has only terminated services."""
    for model in (Number, EsimProfile):
        yield from named(stranded(model, since), owner="owner")


def stranded(model: type[Model], since: datetime | None) -> QuerySet[Any]:
    """Owned rows of one pool whose owner's services are all over."""
    services = Service.objects.filter(owner=OuterRef("owner"), kind="CFS")
    ended = services.filter(state=Service.State.TERMINATED)
    alive = services.filter(state__in=LIVE)
    rows = touched(model._default_manager.exclude(owner=""), since)
    return rows.filter(Exists(ended), ~Exists(alive))


@invariant(
    "provisioning.pools_are_whole",
    "every profile that was recalled from a line is being asked back from the SM-DP+",
)
def pools_are_whole(since: datetime | None) -> Broken:
    """Recalled profiles that no open call will ever bring back into the pool."""
    recalled = EsimProfile.objects.filter(state=EsimProfile.State.RECALLED)
    keys = {f"recall/{esim.iccid}/{esim.matching_id}": esim for esim in recalled}
    for key in keys.keys() - open_keys(keys):
        yield {"id": keys[key].iccid}


@invariant("provisioning.task_is_asked", "every task in progress has an open call")
def task_is_asked(since: datetime | None) -> Broken:
    """Tasks in progress to which no answer can ever come."""
    running = ProvisioningTask.objects.filter(state=ProvisioningTask.State.IN_PROGRESS)
    keys = {rules.call_key(task.public_id, task.attempts): task for task in running}
    for key in keys.keys() - open_keys(keys):
        yield {"id": keys[key].public_id, "key": key}


def open_keys(keys: dict[str, Any]) -> set[str]:
    """Those keys under which a call is open, answered or parked."""
    calls = Call.objects.filter(gateway__in=("network", "esim"), key__in=list(keys))
    return set(calls.exclude(state="done").values_list("key", flat=True))


@invariant(
    "provisioning.orders_move",
    "an open service order waits for a task of its own or for an older order of its owner",
)
def orders_move(since: datetime | None) -> Broken:
    """Open service orders that nothing will ever close or start."""
    unfinished = ProvisioningTask.objects.filter(
        service_order=OuterRef("pk"), state__in=("in_progress", "stuck")
    )
    under_way = ServiceOrder.objects.filter(state=ServiceOrder.State.IN_PROGRESS)
    yield from named(under_way.filter(~Exists(unfinished)), owner="owner")
    older = ServiceOrder.objects.open().filter(owner=OuterRef("owner"), id__lt=OuterRef("pk"))
    waiting = ServiceOrder.objects.filter(state=ServiceOrder.State.ACKNOWLEDGED)
    yield from named(waiting.filter(~Exists(older)), owner="owner")


@invariant(
    "provisioning.services_agree",
    "the services below a live service are in the same state as that service",
)
def services_agree(since: datetime | None) -> Broken:
    """Resource-facing services that went another way than the service they belong to."""
    below = touched(Service.objects.filter(kind="RFS", parent__state__in=LIVE), since)
    return named(below.exclude(state=F("parent__state")), owner="owner")
