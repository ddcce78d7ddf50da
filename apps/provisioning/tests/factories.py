"""What tests of this app begin with: stock, a prepared line, a service order under way."""

from __future__ import annotations

from typing import Any

from apps.provisioning.models import ProvisioningTask, ServiceOrder
from bss.core.calls import Outcome
from bss.core.operations import run, run_internal

ADA = "PTY-000001"  # whoever it is: this app only passes it on
LINE = "SUB-000001"
ACTIVATION = ["HLR_PROVISION", "PCRF_POLICY_PUSH", "OCS_BALANCE_INIT", "ESIM_PROFILE_PREPARE"]
TASKS = {
    "activate": ACTIVATION,
    "block": ["HLR_BAR"],
    "unblock": ["HLR_UNBAR"],
    "change": ["PCRF_POLICY_PUSH"],
    "terminate": ["HLR_DEPROVISION"],
}
DONE = Outcome("succeeded")
BROKEN = Outcome("refused", code="network_error", reason="The network reported an error.")
SILENT = Outcome("refused", code="no_answer", reason="The network never answered.")
UNKNOWN = Outcome("unknown", reason="timed out")


def internal(name: str, **args: Any) -> Any:
    """The result of an internal operation; what it asks of the outside stays open."""
    return run_internal(name, args).result


def make_numbers(count: int = 5, prefix: str = "9000") -> None:
    """Numbers in the pool."""
    run("inventory.msisdn.add_range", prefix=prefix, count=count)


def make_esims(count: int = 3, start: int = 0) -> None:
    """Profiles in the pool."""
    stock = [
        {
            "iccid": f"8910101{index:012d}",
            "imsi": f"525010000{index:06d}",
            "ki_ref": f"hsm://ref/{index}",
            "smdp_server": "smdp.test",
        }
        for index in range(start, start + count)
    ]
    run("inventory.esim.import_profiles", profiles=stock)


def make_line(owner: str = LINE, **wishes: Any) -> str:
    """An owner with a number and an eSIM reserved; the number."""
    make_numbers()
    make_esims()
    return reserve_for(owner, **wishes)


def reserve_for(owner: str, **wishes: Any) -> str:
    """A number and an eSIM out of the pools for an owner; the number."""
    msisdn = internal("inventory.msisdn.reserve", owner=owner, **wishes)["msisdn"]
    internal("inventory.esim.reserve", owner=owner, msisdn=msisdn)
    return str(msisdn)


def open_order(action: str = "activate", owner: str = LINE, **overrides: Any) -> dict[str, Any]:
    """A service order, its calls not yet performed."""
    asked = {
        "owner": owner,
        "action": action,
        "cfs_spec_id": "SSPEC_CFS_MOBILE_BROADBAND",
        "rfs_spec_ids": ["SSPEC_RFS_DATA_BEARER", "SSPEC_RFS_VOICE_BEARER"],
        "task_types": TASKS[action],
        "characteristics": {"customer_id": ADA, "offering_id": "PLAN_S"},
        **overrides,
    }
    found: dict[str, Any] = internal("service_order.open", **asked)
    return found


def fault(task_type: str, fault_type: str, probability: float = 1.0) -> None:
    """A fault of the simulated network, switched on."""
    run(
        "provisioning.set_fault_injection",
        task_type=task_type,
        fault_type=fault_type,
        enabled=True,
        probability=probability,
    )


def clear(task_type: str, fault_type: str) -> None:
    """The same fault, switched off."""
    run(
        "provisioning.set_fault_injection",
        task_type=task_type,
        fault_type=fault_type,
        enabled=False,
    )


def task(task_type: str, order: dict[str, Any]) -> ProvisioningTask:
    """One task of a service order, as stored."""
    orders = ServiceOrder.objects
    return orders.get_by_id(order["id"]).tasks.get(task_type=task_type)


def answer(
    task_type: str, order: dict[str, Any], outcome: Outcome = DONE, attempt: int | None = None
) -> None:
    """What the network says to one task, told by hand instead of by the simulator."""
    row = task(task_type, order)
    internal(
        "provisioning.finish_task",
        outcome=outcome,
        service_order_id=order["id"],
        task_id=row.public_id,
        attempt=row.attempts if attempt is None else attempt,
    )


def state_of(order: dict[str, Any]) -> str:
    """The state a service order is in now."""
    return str(run("service_order.get", service_order_id=order["id"])["state"])


def task_states(order: dict[str, Any]) -> dict[str, str]:
    """The states of a service order's tasks."""
    tasks = ServiceOrder.objects.get_by_id(order["id"]).tasks.all()
    return {one.task_type: one.state for one in tasks}
