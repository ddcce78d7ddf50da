"""Lines that were in service before we kept their books: nothing is asked of the network."""

from __future__ import annotations

from typing import Any

from apps.provisioning import policies, queries
from apps.provisioning.models import EsimProfile, Number, Service, ServiceOrder
from bss.core import clock
from bss.core.models.base import note_moves
from bss.core.operations import operation

from .numbers import assign_number, hold_number
from .service_orders import build_services


@operation("inventory.msisdn.adopt", internal=True, result=queries.number_view)
def adopt_number(*, owner: str, msisdn: str) -> Number:
    """Put a number of the pool on a line that has had it all along."""
    hold_number(owner=owner, msisdn=msisdn, new_owner=True)
    return assign_number(owner=owner, msisdn=msisdn)


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
    """Write down that the network serves an owner already, as if it had been asked here."""
    now = clock.now()
    cfs = build_services(owner, cfs_spec_id, rfs_spec_ids, characteristics)
    services = [cfs, *Service.objects.filter(parent=cfs)]
    changed = Service.objects.filter(pk__in=[service.pk for service in services])
    changed.update(state=Service.State.ACTIVATED, state_changed_at=now, activated_at=now)
    for service in services:
        service.state = Service.State.ACTIVATED
    note_moves(services, "activate", was=Service.State.RESERVED)
    order: ServiceOrder = ServiceOrder.objects.create(
        owner=owner,
        action=ServiceOrder.Action.ACTIVATE,
        cfs=cfs,
        characteristics=cfs.characteristics,
        state=ServiceOrder.State.COMPLETED,
        state_reason="In service before.",
        started_at=now,
        completed_at=now,
    )
    return order
