"""Every reason to refuse something to do with numbers, eSIMs and the network."""

from __future__ import annotations

from bss.core.csv_rows import Columns, Row, read_rows
from bss.core.errors import rule

from . import queries, rules
from .models import EsimProfile, Number, ProvisioningTask, ServiceOrder
from .models.esims import OFFERED

NUMBER_TAKEN = rule(
    "msisdn.reserve.status_must_be_available",
    "{msisdn} is {status}; pick another number.",
)
NO_NUMBERS = rule("msisdn.reserve.no_available", "There is no free number left in the pool.")
TOO_MANY_HOLDS = rule(
    "msisdn.hold.too_many",
    "{owner} already holds {count} numbers; let go of one first.",
)
NOT_RESERVED = rule(
    "msisdn.assign.must_be_reserved",
    "{msisdn} is {status} and not reserved for {owner}.",
)
NOT_OWNED = rule(
    "msisdn.release.only_if_reserved_or_assigned",
    "{msisdn} is {status} and does not belong to {owner}.",
)
NUMBER_GONE = rule(
    "msisdn.release.terminal_status",
    "{msisdn} was ported out; it never comes back to the pool.",
)
BAD_RANGE = rule(
    "msisdn.add_range.sane_prefix",
    "A range needs a prefix of 4 to 7 digits and 1 to 10000 numbers, not {prefix!r} and {count}.",
)
NO_ESIMS = rule("esim.reserve.no_available", "There is no free eSIM profile left in the pool.")
ESIM_TAKEN = rule(
    "esim.adopt.must_be_available", "{iccid} is {state} and belongs to somebody else."
)
NO_ESIM_OF_OWNER = rule("esim.assign.not_owned", "{owner} has no eSIM profile.")
NOT_DELETED = rule(
    "esim.redownload.must_be_deleted",
    "{iccid} is {state}; only a profile that its device deleted can be downloaded again.",
)
NOT_ASSIGNED = rule(
    "msisdn.lock.must_be_assigned", "{msisdn} is {status}; only a line's number can be locked."
)
LOCKED = rule("msisdn.change.locked", "{msisdn} is locked for {owner}; unlock it first.")
KNOWN_NUMBER = rule(
    "msisdn.port_in.already_ours", "{msisdn} is a number of ours already and {status}."
)
BAD_FILE = rule(
    "inventory.import.bad_file",
    "The first line must name the columns {columns}, at most {limit} lines may follow: {reason}.",
)
NO_SERVICE = rule(
    "service_order.open.requires_service",
    "{owner} has no service that could be changed.",
)
ALREADY_SERVED = rule(
    "service_order.open.already_active", "{owner} has the service {service_id} already."
)
NO_TASKS = rule(
    "service_order.open.requires_tasks",
    "Nothing is mapped to {action} of {cfs_spec_id}.",
)
NOTE_MISSING = rule(
    "provisioning.resolve_stuck.requires_note",
    "Say in a note what was done about {task_id}.",
)
NOT_STUCK = rule(
    "provisioning_task.resolve.requires_stuck_state", "{task_id} is {state}, not stuck."
)
NOT_FAILED = rule(
    "provisioning_task.retry.requires_failed_state", "{task_id} is {state}, not failed."
)
SUPERSEDED = rule(
    "provisioning_task.retry.superseded",
    "A later service order of {owner} already decided how the service is to be.",
)
GIVEN_BACK = rule(
    "provisioning_task.retry.resources_released",
    "The number or the eSIM of {owner} was given back; place a new order.",
)
UNKNOWN_TASK_TYPE = rule(
    "provisioning.fault_injection.not_found", "The network knows no task {task_type}."
)


def require_range(prefix: str, count: int) -> None:
    """Refuse a range that would not be phone numbers of ours."""
    digits = prefix.isascii() and prefix.isdigit() and 4 <= len(prefix) <= 7
    if not digits or not 1 <= count <= 10_000:
        raise BAD_RANGE(prefix=prefix, count=count)


def require_room_for_hold(owner: str) -> None:
    """Refuse to let one person hoard numbers."""
    held = Number.objects.owned_by(owner).filter(state=Number.State.RESERVED).count()
    if held >= rules.HOLDS_PER_OWNER:
        raise TOO_MANY_HOLDS(owner=owner, count=held)


def require_owned(number: Number, owner: str) -> None:
    """Refuse to take a number from anybody but its owner."""
    if number.state == Number.State.PORTED_OUT:
        raise NUMBER_GONE(msisdn=number.msisdn)
    if not number.is_owned_by(owner):
        raise NOT_OWNED(msisdn=number.msisdn, status=number.state, owner=owner)


def require_unlocked(number: Number) -> None:
    """Refuse to take a number from a line that holds on to it."""
    if number.locked_at is not None:
        raise LOCKED(msisdn=number.msisdn, owner=number.owner)


def require_lockable(number: Number) -> None:
    """Refuse to lock what is on no line."""
    if number.state != Number.State.ASSIGNED:
        raise NOT_ASSIGNED(msisdn=number.msisdn, status=number.state)


def require_foreign(number: Number | None) -> None:
    """Refuse to take in a number that never left."""
    if number is not None and number.state != Number.State.PORTED_OUT:
        raise KNOWN_NUMBER(msisdn=number.msisdn, status=number.state)


def require_unowned(esim: EsimProfile) -> None:
    """Refuse to give away a profile that is not free."""
    if esim.state != EsimProfile.State.AVAILABLE:
        raise ESIM_TAKEN(iccid=esim.iccid, state=esim.state)


def require_offered(esim: EsimProfile, report: str) -> None:
    """Refuse what no device can have done with a profile that is not offered."""
    if esim.state not in OFFERED:
        raise esim.LIFECYCLE.refusal(id=esim.iccid, state=str(esim.state), trigger=report)


def require_deleted_by_device(esim: EsimProfile) -> None:
    """Refuse to offer a profile again while a device may have it, or when nobody owns it."""
    if esim.state != EsimProfile.State.DELETED or not esim.owner:
        raise NOT_DELETED(iccid=esim.iccid, state=esim.state)


def require_rows(text: str, columns: Columns) -> list[Row]:
    """The rows of a file of stock, or the refusal of all of it."""
    try:
        return read_rows(text, columns, limit=rules.IMPORT_ROWS)
    except ValueError as fault:
        wanted = ", ".join(columns)
        raise BAD_FILE(columns=wanted, limit=rules.IMPORT_ROWS, reason=str(fault)) from None


def require_stuck(task: ProvisioningTask) -> None:
    """Refuse to resolve what is not stuck."""
    if task.state != ProvisioningTask.State.STUCK:
        raise NOT_STUCK(task_id=task.public_id, state=task.state)


def require_failed(task: ProvisioningTask) -> None:
    """Refuse to retry what has not failed."""
    if task.state != ProvisioningTask.State.FAILED:
        raise NOT_FAILED(task_id=task.public_id, state=task.state)


def require_reopenable(order: ServiceOrder) -> None:
    """Refuse to reopen an order when that would undo what was decided since."""
    if queries.is_superseded(order):
        raise SUPERSEDED(owner=order.owner)
    if order.action == ServiceOrder.Action.ACTIVATE and not still_holds(order):
        raise GIVEN_BACK(owner=order.owner)


def still_holds(order: ServiceOrder) -> bool:
    """True while the owner has the very number and eSIM that the order was to use."""
    wanted, has = order.characteristics, queries.resources_of(order.owner)
    return all(wanted.get(name) == has.get(name) for name in ("msisdn", "iccid"))
