"""The stock of a new installation, and how a sandbox gets it back."""

from __future__ import annotations

import uuid

from django.db.models import CharField, F, Value
from django.db.models.functions import MD5, Cast, Concat, Random, Substr, Upper

from apps.provisioning import rules
from apps.provisioning.models import (
    EsimProfile,
    FaultRule,
    Number,
    PoolAlarm,
    ProvisioningTask,
    Service,
    ServiceOrder,
)
from apps.provisioning.models.esims import new_matching_id
from bss.core import clock
from bss.core.operations import operation

from .numbers import insert_numbers

SMDP = "smdp.bss.local"
FAULTS = (
    ("FI_HLR_PROV_FAIL", "HLR_PROVISION", "fail_first_attempt", 0.30),
    ("FI_HLR_PROV_STUCK", "HLR_PROVISION", "stuck", 0.05),
    ("FI_PCRF_SLOW", "PCRF_POLICY_PUSH", "slow", 0.20),
    ("FI_OCS_FAIL", "OCS_BALANCE_INIT", "fail_first_attempt", 0.10),
    ("FI_ESIM_FAIL", "ESIM_PROFILE_PREPARE", "fail_first_attempt", 0.15),
    ("FI_HLR_DEPROV_STUCK", "HLR_DEPROVISION", "stuck", 0.05),
)


@operation("provisioning.seed", internal=True)
def seed(*, numbers: int = 1000, esims: int = 1000) -> dict[str, int]:
    """Fill the pools with numbers from 90000000 and as many profiles, and name the known faults."""
    return {
        "numbers": insert_numbers("9000", numbers),
        "esims": insert_esims(esims),
        "faults": insert_faults(),
    }


def insert_esims(count: int) -> int:
    """Insert the profiles that are missing; how many those were."""
    known = set(
        EsimProfile.objects.filter(iccid__startswith="8910101").values_list("iccid", flat=True)
    )
    missing = [
        EsimProfile(
            iccid=f"8910101{index:012d}",
            imsi=f"525010000{index:06d}",
            ki_ref=f"hsm://ref/{uuid.uuid4()}",
            smdp_server=SMDP,
            matching_id=new_matching_id(),
        )
        for index in range(count)
        if f"8910101{index:012d}" not in known
    ]
    EsimProfile.objects.bulk_create(missing, ignore_conflicts=True, batch_size=5000)
    return len(missing)


def insert_faults() -> int:
    """Insert the fault rules that are missing, switched off."""
    before = FaultRule.objects.count()
    FaultRule.objects.bulk_create(
        (
            FaultRule(
                id=id,
                task_type=task_type,
                fault_type=fault_type,
                probability=probability,
            )
            for id, task_type, fault_type, probability in FAULTS
        ),
        ignore_conflicts=True,
    )
    return FaultRule.objects.count() - before


@operation("provisioning.reset", internal=True, effect="destructive")
def reset() -> dict[str, int]:
    """Empty a sandbox of services and orders, and put every number and eSIM back into its pool."""
    ProvisioningTask.objects.all().delete()
    ServiceOrder.objects.all().delete()
    Service.objects.filter(kind="RFS").delete()
    Service.objects.all().delete()
    PoolAlarm.objects.all().delete()
    FaultRule.objects.update(enabled=False)
    return {"numbers": restore_numbers(), "esims": restore_esims()}


def restore_numbers() -> int:
    """Make every number available; how many were not."""
    restored: int = Number.objects.exclude(state=Number.State.AVAILABLE).update(
        state=Number.State.AVAILABLE,
        state_reason="",
        state_changed_at=clock.now(),
        owner="",
        held_for="",
        reserved_at=None,
        expires_at=None,
        held_until=None,
        quarantine_until=None,
        locked_at=None,
    )
    return restored


def restore_esims() -> int:
    """Make every profile available, under a code that nobody has seen; how many were not."""
    chance = Concat(F("iccid"), Cast(Random(), CharField()), Value(rules.ESIM_PREPARE))
    restored: int = EsimProfile.objects.exclude(state=EsimProfile.State.AVAILABLE).update(
        state=EsimProfile.State.AVAILABLE,
        state_reason="",
        state_changed_at=clock.now(),
        owner="",
        msisdn="",
        reserved_at=None,
        downloaded_at=None,
        reported="",
        reported_at=None,
        matching_id=Upper(Substr(MD5(chance), 1, 16)),
    )
    return restored
