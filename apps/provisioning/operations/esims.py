"""eSIM profiles: reserved, prepared, reported on by devices, taken back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from apps.provisioning import policies, queries, rules
from apps.provisioning.events import EsimsImported
from apps.provisioning.models import EsimProfile, ProvisioningTask
from apps.provisioning.models.esims import new_matching_id
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.models import Call
from bss.core.operations import operation

from .pools import calm_if_filled, warn_if_low

READERS = "care supervisor engineer"
# How a profile that a device had leaves its owner, by how far it came.
ENDS = ("delete", "fail", "write_off")
Limit = Annotated[int, Field(ge=1, le=1000)]


@operation("inventory.esim.list_available", effect="read", roles=READERS)
def list_available_esims(*, limit: Limit = 20, status: str = "available") -> list[dict[str, Any]]:
    """List free eSIM profiles, or those in another state, lowest first."""
    return queries.list_esims(status, limit)


@operation("inventory.esim.count", effect="read", roles=READERS)
def count_esims() -> dict[str, Any]:
    """Count the eSIM profiles in each state."""
    return queries.count_esims()


@operation("inventory.esim.get", effect="read", roles=READERS)
def get_esim(*, iccid: str) -> dict[str, Any]:
    """Show one eSIM profile, without its activation code."""
    return queries.esim_view(iccid)


@operation("inventory.esim.get_activation", effect="read", roles=READERS)
def get_activation(*, iccid: str) -> dict[str, Any]:
    """Show the activation code with which a device downloads a profile."""
    return queries.activation_of(iccid)


class EsimStock(TypedDict):
    """One profile as the SIM vendor delivers it."""

    iccid: str
    imsi: str
    ki_ref: str
    smdp_server: str


@operation("inventory.esim.import_profiles", roles="engineer")
def import_esims(*, profiles: list[EsimStock]) -> dict[str, Any]:
    """Add profiles that the SM-DP+ holds for us; those known already are skipped."""
    before = EsimProfile.objects.count()
    EsimProfile.objects.bulk_create(
        [EsimProfile(**profile, matching_id=new_matching_id()) for profile in profiles],
        ignore_conflicts=True,
    )
    inserted = EsimProfile.objects.count() - before
    codes = sorted(profile["iccid"] for profile in profiles)
    added: dict[str, Any] = {
        "inserted": inserted,
        "skipped": len(codes) - inserted,
        "first": codes[0] if codes else "",
        "last": codes[-1] if codes else "",
    }
    calm_if_filled("esim")
    publish(
        EsimsImported(**added),
        aggregate="POOL-esim",
        summary=f"{inserted} eSIM profiles added",
    )
    return added


@operation("inventory.esim.reserve", internal=True, result=queries.esim_view)
def reserve_esim(*, owner: str, msisdn: str = "", new_owner: bool = False) -> EsimProfile:
    """Reserve a free profile for an owner, who keeps the one they have already.

    A `new_owner` surely has none.
    """
    own = None if new_owner else lock_own(owner)
    if own is not None:
        return own
    esim: EsimProfile | None = EsimProfile.objects.take_free()
    if esim is None:
        raise policies.NO_ESIMS()
    esim.reserve(owner, msisdn)
    if not esim.leaves_enough:
        warn_if_low("esim")
    return esim


def lock_own(owner: str) -> EsimProfile | None:
    """The profile of an owner, locked."""
    esim: EsimProfile | None = EsimProfile.objects.owned_by(owner).locking().order_by("id").first()
    return esim


@operation("inventory.esim.assign", internal=True, result=queries.esim_view)
def assign_esim(*, owner: str, msisdn: str) -> EsimProfile:
    """Write down which number an owner's profile carries."""
    esim = lock_own(owner)
    if esim is None:
        raise policies.NO_ESIM_OF_OWNER(owner=owner)
    if esim.msisdn != msisdn:
        esim.msisdn = msisdn
        esim.save(update_fields=["msisdn"])
    return esim


@operation("inventory.esim.recycle", internal=True)
def recycle_esim(*, owner: str, reason: str = "") -> str | None:
    """Take the profile from an owner: to the pool if no device has had it, else for good.

    One that the SM-DP+ may already offer for download comes back only after the SM-DP+ confirmed
    that the code is void. Answers its ICCID, or nothing when the device had deleted it before.
    """
    esim = lock_own(owner)
    if esim is None:
        return None
    if esim.used:
        esim.leave(next(end for end in ENDS if esim.can(end)), reason)
        withdraw(esim, "delete", owner)
    elif esim.state == EsimProfile.State.RELEASED or was_ordered(esim):
        esim.leave("recall", reason)
        withdraw(esim, "recall", owner)
    else:
        esim.leave("release", reason)
        esim.renew_code()
    return esim.iccid


# For a caller that gives up a reservation the same choice is right: an order for the profile may
# be on its way to the SM-DP+ already.
release_esim = recycle_esim


def was_ordered(esim: EsimProfile) -> bool:
    """True when the SM-DP+ was ever asked to prepare a profile for its owner."""
    asked = ProvisioningTask.objects.filter(
        task_type=rules.ESIM_PREPARE, service_order__owner=esim.owner, attempts__gt=0
    )
    key = rules.preparation_key(esim.iccid, esim.matching_id, attempt=1)
    return asked.exists() or Call.objects.filter(gateway="esim", key=key).exists()


def withdraw(esim: EsimProfile, method: Literal["recall", "delete"], owner: str) -> None:
    """Ask the SM-DP+ to take a profile back."""
    request_call(
        gateway="esim",
        method=method,
        key=f"{method}/{esim.iccid}/{esim.matching_id}",
        args={"iccid": esim.iccid, "activation_code": esim.activation_code},
        then="inventory.esim.settle_withdrawal",
        then_args={"iccid": esim.iccid},
        about=owner,
        shown={"iccid": esim.iccid},
    )


@operation("inventory.esim.settle_withdrawal", internal=True, result=queries.esim_view)
def settle_withdrawal(*, outcome: Outcome, iccid: str) -> EsimProfile:
    """Put a recalled profile back into the pool, or write it off when a device has it after all."""
    esim: EsimProfile = EsimProfile.objects.lock(iccid)
    if esim.state != EsimProfile.State.RECALLED or outcome.unknown:
        return esim
    if outcome.succeeded:
        esim.move("rearm")
        esim.renew_code()
    else:
        esim.move("delete", outcome.reason)
    return esim


@operation("inventory.esim.swap", internal=True, result=queries.esim_view)
def swap_esims(*, owner: str, other: str) -> EsimProfile:
    """Let two owners exchange their profiles; the one that `owner` has now."""
    both = EsimProfile.objects.filter(owner__in=[owner, other]).locking().order_by("id")
    found = {esim.owner: esim for esim in both}
    for name in (owner, other):
        if name not in found:
            raise policies.NO_ESIM_OF_OWNER(owner=name)
    leaving: EsimProfile = found[owner]
    coming: EsimProfile = found[other]
    msisdn = leaving.msisdn
    # Nobody may have two, not even between two statements.
    leaving.pass_to(f"{other}/leaving")
    coming.pass_to(owner, msisdn)
    leaving.pass_to(other)
    return coming
