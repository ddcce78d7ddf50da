"""The same line on another device: a second profile, the switch, and the way back."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from apps.catalog import queries as catalog
from apps.provisioning import operations as provisioning
from apps.provisioning import queries as pools
from apps.provisioning.models import EsimProfile
from apps.subscription import policies, queries, rules
from apps.subscription.events import (
    DeviceChanged,
    DeviceChangeEnded,
    DeviceChangeEvent,
    DeviceChangeOffered,
    DeviceChangeRequested,
    DeviceChangeRolledBack,
    DeviceSwitched,
)
from apps.subscription.models import DeviceChange, Subscription
from bss.core import clock
from bss.core.context import current
from bss.core.operations import operation

from .facts import announce
from .service import last_asked

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
KEEPERS = "care supervisor"
State = DeviceChange.State
# What a device that has the new profile may have done with it already.
DOWNLOADABLE = (
    EsimProfile.State.RELEASED,
    EsimProfile.State.DOWNLOADED,
    EsimProfile.State.INSTALLED,
    EsimProfile.State.ENABLED,
)


@operation("subscription.list_device_changes", effect="read", roles="care supervisor engineer")
def list_device_changes(*, subscription_id: str) -> list[dict[str, Any]]:
    """List the changes of device of a line, newest first, with the code of one that is offered."""
    return queries.device_changes_of(subscription_id)


@operation("subscription.change_device", roles=KEEPERS, result=queries.device_change_view)
def change_device(*, subscription_id: str) -> DeviceChange:
    """Offer a second profile for another device; the line moves once that profile is enabled.

    Locks the line. Until then nothing changes; afterwards the switch can be taken back for a while.
    """
    line: Subscription = Subscription.objects.lock(subscription_id)
    policies.require_device_changeable(line)
    before = lock_kept(line)
    policies.require_no_device_change(before)
    if before is not None:
        end(line, before, "close", "Another change of device began.")
    change = DeviceChange.objects.create(
        subscription=line, old_iccid=line.iccid, deadline=clock.now() + rules.DEVICE_OFFER
    )
    esim = provisioning.reserve_esim(owner=change.public_id, new_owner=True)
    provisioning.prepare_esim(owner=change.public_id)
    change.new_iccid = esim.iccid
    change.save(update_fields=["new_iccid"])
    tell(change, line, DeviceChangeRequested, "may move to another device", by=current().person)
    return change


def lock_kept(line: Subscription) -> DeviceChange | None:
    """The change for which a second profile of a line is kept, locked."""
    kept = DeviceChange.objects.keeping().filter(subscription=line)
    change: DeviceChange | None = kept.locking().order_by("id").first()
    return change


def lock_change(change_id: str) -> tuple[Subscription, DeviceChange]:
    """A line and its change of device, locked in the order in which everybody locks them."""
    found: DeviceChange = DeviceChange.objects.get_by_id(change_id)
    line: Subscription = Subscription.objects.lock(found.subscription_id)
    change: DeviceChange = DeviceChange.objects.lock(change_id)
    return line, change


def tell(
    change: DeviceChange,
    line: Subscription,
    event: type[DeviceChangeEvent],
    what: str,
    **fields: Any,
) -> None:
    """Publish an event of a change of device, as one of its line."""
    announce(
        line,
        event,
        what,
        change_id=change.public_id,
        old_iccid=change.old_iccid,
        new_iccid=change.new_iccid,
        **fields,
    )


@operation("subscription.follow_device_change", internal=True)
def follow_device_change(*, change_id: str) -> None:
    """Take a change of device as far as its new profile has come."""
    line, change = lock_change(change_id)
    state = pools.esim_state_of(change_id)
    if change.state == State.PREPARING and state in DOWNLOADABLE:
        change.deadline = clock.now() + rules.DEVICE_OFFER
        change.move("offer", also=("deadline",))
        until = change.deadline.isoformat()
        tell(change, line, DeviceChangeOffered, "can be put on another device", until=until)
    if change.state == State.OFFERED and state == EsimProfile.State.ENABLED:
        if pools.is_locked(line.msisdn) or not line.is_live:
            end(line, change, "cancel", "The line may not change its device any more.")
        else:
            switch(line, change)


def switch(line: Subscription, change: DeviceChange) -> None:
    """Put the new profile on the line, keep the old one, and tell the network."""
    provisioning.swap_esims(owner=line.public_id, other=change.public_id)
    line.follow_up(iccid=change.new_iccid)
    change.switched_at = clock.now()
    change.move("switch", also=("switched_at",))
    tell(change, line, DeviceSwitched, "is being moved to another device")
    if not replace_in_network(line, replaces=change.old_iccid):
        complete(line, change)


def replace_in_network(line: Subscription, *, replaces: str = "") -> bool:
    """Ask the network to serve a line by the number and eSIM it has now; False if it needs none."""
    mapping = catalog.service_mapping(line.offering_id)
    tasks = mapping.tasks.get("replace") if mapping else None
    if last_asked(line) is None or not mapping or not tasks:
        return False
    told = {"customer_id": line.owner, "offering_id": line.offering_id, "replaces": replaces}
    provisioning.open_service_order(
        owner=line.public_id,
        action="replace",
        cfs_spec_id=mapping.cfs_spec_id,
        rfs_spec_ids=list(mapping.rfs_spec_ids),
        task_types=list(tasks),
        characteristics={**pools.resources_of(line.public_id), **told},
    )
    return True


@operation("subscription.finish_device_change", internal=True)
def finish_device_change(*, subscription_id: str, iccid: str) -> None:
    """The network serves a line by its new profile: from now on the switch can be taken back."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    change = lock_kept(line)
    if change is not None and (change.state, change.new_iccid) == (State.SWITCHING, iccid):
        complete(line, change)


def complete(line: Subscription, change: DeviceChange) -> None:
    """The line works on its new device."""
    change.deadline = clock.now() + rules.DEVICE_ROLLBACK
    change.move("complete", also=("deadline",))
    until = change.deadline.isoformat()
    tell(change, line, DeviceChanged, "is on another device", until=until)


@operation("subscription.roll_back_device_change", roles=KEEPERS, result=queries.device_change_view)
def roll_back_device_change(*, subscription_id: str, reason: Reason) -> DeviceChange:
    """Return a line to the device it was on, while that profile is kept."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    change = policies.require_undoable(lock_kept(line), line, clock.now())
    provisioning.swap_esims(owner=line.public_id, other=change.public_id)
    line.follow_up(iccid=change.old_iccid)
    replace_in_network(line, replaces=change.new_iccid)
    provisioning.recycle_esim(owner=change.public_id, reason=reason)
    change.move("roll_back", reason)
    tell(change, line, DeviceChangeRolledBack, "is back on its old device", reason=reason)
    return change


@operation("subscription.cancel_device_change", roles=KEEPERS, result=queries.device_change_view)
def cancel_device_change(*, subscription_id: str, reason: Reason) -> DeviceChange:
    """Withdraw the second profile of a line that has not been enabled yet."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    change = policies.require_pending(lock_kept(line), line)
    end(line, change, "cancel", reason)
    return change


@operation("subscription.fail_device_change", internal=True)
def fail_device_change(*, change_id: str, reason: str) -> None:
    """Give up a change of device whose profile the SM-DP+ would not offer."""
    line, change = lock_change(change_id)
    if change.state == State.PREPARING:
        end(line, change, "fail", reason)


@operation("subscription.end_device_change", internal=True)
def end_device_change(*, subscription_id: str) -> None:
    """Keep no second profile for a line that ended."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    change = lock_kept(line)
    if change is not None:
        end(line, change, "cancel" if change.is_pending else "close", "The line ended.")


@operation("subscription.expire_device_change", internal=True)
def expire_device_change(*, change_id: str) -> None:
    """End an offer that nobody took in time, or the time in which a switch can be taken back."""
    line, change = lock_change(change_id)
    if not change.over_at(clock.now()):
        return
    if change.state == State.OFFERED:
        end(line, change, "cancel", "Nobody enabled the new profile in time.")
    else:
        end(line, change, "close", "It cannot be taken back any more.")


def end(line: Subscription, change: DeviceChange, trigger: str, reason: str) -> None:
    """Let go of the profile that the line does not use."""
    provisioning.recycle_esim(owner=change.public_id, reason=reason)
    change.move(trigger, reason)
    tell(
        change, line, DeviceChangeEnded, f"keeps one eSIM: {reason}", state=change.state,
        reason=reason,
    )  # fmt: skip
