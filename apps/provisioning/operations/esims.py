"""eSIM profiles: reserved, prepared, reported on by devices, taken back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from apps.provisioning import policies, queries, rules
from apps.provisioning.events import EsimProgressed, EsimsImported
from apps.provisioning.models import EsimProfile, ProvisioningTask
from apps.provisioning.models.esims import new_matching_id
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.operations import operation

from .pools import calm_if_filled, warn_if_low

READERS = "care supervisor engineer"
Limit = Annotated[int, Field(ge=1, le=1000)]


@operation("inventory.esim.list_available", effect="read", roles=READERS)
def list_available_esims(*, limit: Limit = 20, status: str = "available") -> list[dict[str, Any]]:
    """List free eSIM profiles, or those in another state, lowest first."""
    return queries.list_esims(status, limit)


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
    """Take the profile from an owner: to the pool if no device has had it, else it is deleted.

    One that the SM-DP+ may already offer for download comes back only after the SM-DP+ confirmed
    that the code is void. Answers its ICCID, or nothing when the device had deleted it before.
    """
    esim = lock_own(owner)
    if esim is None:
        return None
    if esim.on_device:
        esim.leave("delete", reason)
        withdraw(esim, "delete", owner)
    elif esim.state == EsimProfile.State.RELEASED or was_ordered(owner):
        esim.leave("recall", reason)
        withdraw(esim, "recall", owner)
    else:
        esim.leave("release", reason)
        esim.renew_code()
    return esim.iccid


# For a caller that gives up a reservation the same choice is right: an order for the profile may
# be on its way to the SM-DP+ already.
release_esim = recycle_esim


def was_ordered(owner: str) -> bool:
    """True when the SM-DP+ was ever asked to prepare this owner's profile."""
    asked = ProvisioningTask.objects.filter(
        task_type=rules.ESIM_PREPARE, service_order__owner=owner, attempts__gt=0
    )
    return asked.exists()


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


@operation("inventory.esim.report", roles="engineer", result=queries.esim_view)
def report_esim(
    *, iccid: str, report: Literal["download", "install", "enable", "disable", "delete"]
) -> EsimProfile:
    """Take note of what a device did with its profile."""
    esim: EsimProfile = EsimProfile.objects.lock(iccid)
    owner = esim.owner
    if report == "delete":
        esim.leave("delete", "The device deleted it.")
    else:
        esim.downloaded_at = esim.downloaded_at or clock.now()
        esim.move(report, also=("downloaded_at",))
    publish(
        EsimProgressed(iccid=iccid, owner=owner, state=esim.state),
        aggregate=esim,
        about=owner,
        summary=f"eSIM {iccid} is {esim.state}",
    )
    return esim
