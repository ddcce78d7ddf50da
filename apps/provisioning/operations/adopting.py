"""Lines that were in service before we kept their books: nothing is asked of the network."""

from __future__ import annotations

from typing import Any

from apps.provisioning import policies, queries
from apps.provisioning.models import EsimProfile, Number, Service, ServiceOrder
from bss.core import clock
from bss.core.models.base import note_moves
from bss.core.operations import operation

from .numbers import lock_number, require_free


@operation("inventory.msisdn.adopt", internal=True, result=queries.number_view)
def adopt_number(*, owner: str, msisdn: str) -> Number:
    """Put a number of the pool on a line that has had it all along."""
    number = lock_number(msisdn)
    require_free(number)
    number.reserve(owner, None)
    number.assign()
    return number


@operation("inventory.esim.adopt", internal=True, result=queries.esim_view)
def adopt_esim(*, owner: str, iccid: str, msisdn: str) -> EsimProfile:
    """Give a line the profile of the pool that its device has had all along."""
    esim: EsimProfile = EsimProfile.objects.lock(iccid)
    policies.require_unowned(esim)
    esim.adopt(owner, msisdn)
    return esim


@operation("service_order.adopt", internal=True, result=queries.service_order_view)
def adopt_service(
    *, owner: str, cfs_spec_id: str, rfs_spec_ids: list[str], characteristics: dict[str, Any]
) -> ServiceOrder:
    """Write down that the network serves a new owner already, as if it had been asked here."""
    now = clock.now()
    described = {**queries.resources_of(owner), **characteristics}
    living = {"owner": owner, "state": Service.State.ACTIVATED, "activated_at": now}
    cfs = Service(kind="CFS", spec_id=cfs_spec_id, characteristics=described, **living)
    cfs.save(force_insert=True)
    below = Service.objects.bulk_create(
        Service(kind="RFS", spec_id=spec_id, parent=cfs, **living) for spec_id in rfs_spec_ids
    )
    note_moves([cfs, *below], "activate", was=Service.State.DESIGNED)
    order: ServiceOrder = ServiceOrder.objects.create(
        owner=owner,
        action=ServiceOrder.Action.ACTIVATE,
        cfs=cfs,
        characteristics=described,
        state=ServiceOrder.State.COMPLETED,
        state_reason="In service before.",
        started_at=now,
        completed_at=now,
    )
    return order
