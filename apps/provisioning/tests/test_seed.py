"""A new installation has its stock, and a sandbox gets it back."""

import pytest

from apps.provisioning.models import EsimProfile, FaultRule, Number, ServiceOrder
from bss.core.operations import run
from bss.core.sweeps import run_sweep

from .factories import LINE, fault, internal, open_order, reserve_for

pytestmark = pytest.mark.usefixtures("committed")


def test_the_seed_fills_the_pools_once():
    assert internal("provisioning.seed") == {"numbers": 1000, "esims": 1000, "faults": 6}
    assert internal("provisioning.seed") == {"numbers": 0, "esims": 0, "faults": 0}

    counts = run("inventory.msisdn.count")
    assert (counts["available"], counts["total"]) == (1000, 1000)
    assert Number.objects.filter(msisdn__in=["90000000", "90000999"]).count() == 2
    esim = EsimProfile.objects.order_by("iccid").first()
    assert (len(esim.iccid), esim.imsi) == (19, "525010000000000")
    assert esim.activation_code.startswith("LPA:1$smdp.bss.local$")
    assert not FaultRule.objects.filter(enabled=True).exists()
    assert run_sweep("pool_stock") == 0


def test_a_sandbox_gets_everything_back(drain):
    internal("provisioning.seed", numbers=60, esims=60)
    fault("HLR_PROVISION", "slow")
    reserve_for(LINE)
    open_order()
    drain()
    iccid = EsimProfile.objects.get(owner=LINE).iccid
    code = EsimProfile.objects.get(owner=LINE).matching_id
    internal("inventory.msisdn.assign", owner=LINE)
    internal("inventory.msisdn.port_out", msisdn="90000001")
    run("inventory.esim.report", iccid=iccid, report="install")

    assert internal("provisioning.reset") == {"numbers": 2, "esims": 1}

    assert run("inventory.msisdn.count")["available"] == 60
    assert EsimProfile.objects.available().count() == 60
    assert EsimProfile.objects.get(iccid=iccid).matching_id != code
    assert not ServiceOrder.objects.exists()
    assert not FaultRule.objects.filter(enabled=True).exists()
