"""What operations and upper apps need to know before they act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Subquery

from apps.provisioning.models import (
    EsimProfile,
    FaultRule,
    Number,
    ProvisioningTask,
    Service,
    ServiceOrder,
)
from apps.provisioning.models.service_orders import OrderState


def fault_view(fault_id: str) -> dict[str, Any]:
    """One fault rule."""
    return shown_fault(FaultRule.objects.get_by_id(fault_id))


def list_faults() -> list[dict[str, Any]]:
    """Every fault rule."""
    return [shown_fault(fault) for fault in FaultRule.objects.order_by("id")]


def shown_fault(fault: FaultRule) -> dict[str, Any]:
    """A fault rule as results show it."""
    return {
        "id": fault.id,
        "taskType": fault.task_type,
        "faultType": fault.fault_type,
        "probability": fault.probability,
        "enabled": fault.enabled,
        "@type": "FaultInjection",
    }


def armed_faults(task_types: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The faults that are on now, by task type, as they travel with a call."""
    rules = FaultRule.objects.filter(enabled=True, task_type__in=list(task_types)).order_by("id")
    found: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        fault = {"fault_type": rule.fault_type, "probability": rule.probability}
        found.setdefault(rule.task_type, []).append(fault)
    return found


def resources_of(owner: str) -> dict[str, str]:
    """What the network must know about the number and the eSIM of an owner."""
    # The assigned number before one that is only reserved.
    numbers = Number.objects.owned_by(owner).order_by("state", "id")
    msisdns = numbers.values_list("msisdn", flat=True)
    esims = EsimProfile.objects.owned_by(owner).annotate(number=Subquery(msisdns[:1]))
    esim = esims.order_by("id").first()
    msisdn = esim.number if esim else msisdns.first()
    return {
        **({"msisdn": msisdn} if msisdn else {}),
        **(esim.facts() if esim else {}),
    }


def has_failed(service_order_id: str) -> bool:
    """True while a service order counts as failed; a retry may have reopened it."""
    order: ServiceOrder = ServiceOrder.objects.get_by_id(service_order_id)
    return order.state == OrderState.FAILED


def is_superseded(order: ServiceOrder) -> bool:
    """True when a later order of the same owner says how the service is to be."""
    later = ServiceOrder.objects.of(order.owner).filter(id__gt=order.id)
    return later.exclude(state=OrderState.CANCELLED).exists()


def commercial_order_of(task_id: str) -> str:
    """The order a task is part of, as its asker names it; empty when it belongs to none."""
    task = ProvisioningTask.objects.select_related("service_order").get_by_id(task_id)
    return str(task.service_order.order_id)


def is_locked(msisdn: str) -> bool:
    """True while a number may not leave its line or its eSIM."""
    return Number.objects.filter(msisdn=msisdn, locked_at__isnull=False).exists()


def esim_state_of(owner: str) -> str:
    """How far the profile of an owner has come; empty when there is none."""
    states = EsimProfile.objects.owned_by(owner).order_by("id").values_list("state", flat=True)
    return str(states.first() or "")


def services_of(owners: Iterable[str]) -> dict[str, str]:
    """The newest customer-facing service of each owner that has one."""
    found = Service.objects.filter(owner__in=list(owners), kind=Service.Kind.CFS).order_by("id")
    return {
        owner: str(Service.public_id_of(key)) for owner, key in found.values_list("owner", "id")
    }
