"""What the SM-DP+ offers for download, and what devices do with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from apps.provisioning import policies, queries, rules
from apps.provisioning.events import EsimNotPrepared, EsimProgressed, EsimReplaced
from apps.provisioning.models import EsimProfile
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.operations import operation

from .esims import lock_own

Report = Literal["download", "install", "enable", "disable", "delete"]


@operation("inventory.esim.prepare", internal=True, result=queries.esim_view)
def prepare_esim(*, owner: str) -> EsimProfile:
    """Ask the SM-DP+ to offer an owner's reserved profile for download."""
    esim = lock_own(owner)
    if esim is None:
        raise policies.NO_ESIM_OF_OWNER(owner=owner)
    ask_to_prepare(esim)
    return esim


def ask_to_prepare(esim: EsimProfile, attempt: int = 1) -> None:
    """Request one attempt of the SM-DP+ to release a profile under the code it has now."""
    faults = queries.armed_faults([rules.ESIM_PREPARE])
    request_call(
        gateway="esim",
        method="prepare",
        key=rules.preparation_key(esim.iccid, esim.matching_id, attempt),
        args={
            **esim.facts(),
            "task_type": rules.ESIM_PREPARE,
            "task_attempt": attempt,
            "faults": faults.get(rules.ESIM_PREPARE, []),
        },
        then="inventory.esim.settle_preparation",
        then_args={"iccid": esim.iccid, "matching_id": esim.matching_id, "attempt": attempt},
        about=esim.owner,
        shown={"task": rules.ESIM_PREPARE},
    )


@operation("inventory.esim.settle_preparation", internal=True, result=queries.esim_view)
def settle_preparation(
    *, outcome: Outcome, iccid: str, matching_id: str, attempt: int
) -> EsimProfile:
    """Offer a profile that the SM-DP+ released, or try again; a code given up is forgotten."""
    esim: EsimProfile = EsimProfile.objects.lock(iccid)
    current = esim.matching_id == matching_id and esim.state == EsimProfile.State.RESERVED
    if not current or outcome.unknown:
        return esim
    if outcome.succeeded:
        esim.move("prepare")
        tell_progress(esim)
    elif attempt < rules.MAX_ATTEMPTS:
        ask_to_prepare(esim, attempt + 1)
    else:
        give_up(esim, outcome.reason or outcome.code)
    return esim


def give_up(esim: EsimProfile, reason: str) -> None:
    """The SM-DP+ will not do it; one that a device had before is deleted again."""
    if esim.used:
        esim.move("fail", reason)
    publish(
        EsimNotPrepared(iccid=esim.iccid, owner=esim.owner, reason=reason),
        aggregate=esim,
        about=esim.owner,
        summary=f"eSIM {esim.iccid} cannot be downloaded: {reason}",
    )


@operation("inventory.esim.redownload", roles="care supervisor", result=queries.activation_of)
def redownload_esim(*, iccid: str) -> EsimProfile:
    """Have the SM-DP+ offer a profile again that its device deleted, under a new code."""
    esim: EsimProfile = EsimProfile.objects.lock(iccid)
    policies.require_deleted_by_device(esim)
    esim.renew_code()
    esim.move("redownload")
    ask_to_prepare(esim)
    return esim


@operation("inventory.esim.report", roles="engineer", result=queries.esim_view)
def report_esim(*, iccid: str, report: Report, at: datetime | None = None) -> EsimProfile:
    """Take note of what a device did with its profile.

    Reports arrive late, twice and in any order: what happened before the last thing known, or
    is known already, changes nothing.
    """
    esim: EsimProfile = EsimProfile.objects.lock(iccid)
    policies.require_offered(esim, report)
    moment = at or clock.now()
    if not esim.is_news(report, moment):
        return esim
    esim.reported, esim.reported_at = report, moment
    esim.downloaded_at = esim.downloaded_at or moment
    esim.move(report, also=("reported", "reported_at", "downloaded_at"))
    tell_progress(esim)
    return esim


def tell_progress(esim: EsimProfile) -> None:
    """Publish how far a profile has come."""
    publish(
        EsimProgressed(iccid=esim.iccid, owner=esim.owner, state=esim.state),
        aggregate=esim,
        about=esim.owner,
        summary=f"eSIM {esim.iccid} is {esim.state}",
    )


def retire_replaced(owner: str, characteristics: Mapping[str, Any]) -> None:
    """The network serves another eSIM of a line now: the one before is out of use."""
    replaced = characteristics.get("replaces")
    if not replaced:
        return
    esim: EsimProfile = EsimProfile.objects.lock(replaced)
    if esim.on_device and esim.can("disable"):
        esim.move("disable", "Another profile carries the number now.")
    publish(
        EsimReplaced(iccid=characteristics["iccid"], replaced=replaced, owner=owner),
        aggregate=esim,
        about=owner,
        summary=f"eSIM {characteristics['iccid']} replaced {replaced}",
    )
