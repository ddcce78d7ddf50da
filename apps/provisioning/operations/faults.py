"""Telling the simulated network to misbehave."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from apps.provisioning import policies, queries, rules
from apps.provisioning.events import FaultInjectionChanged
from apps.provisioning.models import FaultRule
from bss.core.events import publish
from bss.core.operations import operation


@operation(
    "provisioning.set_fault_injection",
    effect="destructive",
    roles="engineer",
    result=queries.fault_view,
)
def set_fault_injection(
    *,
    task_type: str,
    fault_type: Literal["fail_first_attempt", "fail_always", "stuck", "slow"],
    enabled: bool,
    probability: Annotated[float, Field(ge=0, le=1)] | None = None,
) -> FaultRule:
    """Switch a fault of the simulated network on or off; real orders will suffer from it."""
    if task_type not in rules.DURATIONS:
        raise policies.UNKNOWN_TASK_TYPE(task_type=task_type)
    fault = lock_or_make(task_type, fault_type)
    fault.enabled = enabled
    fault.probability = fault.probability if probability is None else probability
    fault.save(update_fields=["enabled", "probability"])
    tell(fault)
    return fault


@operation("provisioning.list_faults", effect="read", roles="care supervisor engineer")
def list_faults() -> list[dict[str, Any]]:
    """List the faults of the simulated network that were ever set, and which are on."""
    return queries.list_faults()


def lock_or_make(task_type: str, fault_type: str) -> FaultRule:
    """The one rule for that fault of that task, locked."""
    fault, _ = FaultRule.objects.locking().get_or_create(
        task_type=task_type,
        fault_type=fault_type,
        defaults={"id": f"FI_{task_type}_{fault_type}".upper()},
    )
    return fault  # type: ignore[no-any-return]


def tell(fault: FaultRule) -> None:
    """Publish how a fault is set now."""
    publish(
        FaultInjectionChanged(
            fault_id=fault.id,
            task_type=fault.task_type,
            fault_type=fault.fault_type,
            probability=fault.probability,
            enabled=fault.enabled,
        ),
        aggregate=fault,
        summary=f"{fault.fault_type} of {fault.task_type} {'on' if fault.enabled else 'off'}",
    )
