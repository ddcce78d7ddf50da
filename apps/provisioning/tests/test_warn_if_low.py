"""A low pool is reported once, until it is filled up again."""

from dataclasses import replace

import pytest

from apps.provisioning.models import EsimProfile, Number
from bss.core.models import StoredEvent
from bss.core.operations import run
from bss.core.sweeps import run_sweep

from .factories import internal, make_esims, make_numbers

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def threshold(settings):
    settings.BSS = replace(settings.BSS, number_pool_low=3)


def reserve_numbers(*owners):
    for owner in owners:
        internal("inventory.msisdn.reserve", owner=owner)


def told(pool="msisdn"):
    events = StoredEvent.objects.filter(name=f"inventory.{pool}.pool_low").order_by("id")
    return [event.payload for event in events]


def test_crossing_the_line_is_told_once():
    make_numbers(5)

    reserve_numbers("SUB-1")
    assert told() == []
    reserve_numbers("SUB-2", "SUB-3", "SUB-4")
    assert told() == [{"available": 3, "threshold": 3}]


def test_crossing_it_again_after_filling_up_is_told_again():
    make_numbers(4)
    reserve_numbers("SUB-1")
    make_numbers(4, "9100")
    reserve_numbers("SUB-2", "SUB-3", "SUB-4", "SUB-5")

    assert len(told()) == 2


def test_profiles_run_low_too():
    make_esims(4)
    internal("inventory.esim.reserve", owner="SUB-1")
    internal("inventory.esim.reserve", owner="SUB-2")
    make_esims(4, start=4)
    for owner in ("SUB-3", "SUB-4", "SUB-5"):
        internal("inventory.esim.reserve", owner=owner)

    assert len(told("esim")) == 2


def test_the_sweep_sees_what_nobody_reserved_away():
    make_numbers(5)
    make_esims(5)
    assert run_sweep("pool_stock") == 0

    Number.objects.filter(msisdn__gt="90000001").delete()
    EsimProfile.objects.all().delete()
    assert run_sweep("pool_stock") == 1
    assert run_sweep("pool_stock") == 0
    assert len(told()) == len(told("esim")) == 1


def test_the_sweep_ends_an_alarm_that_is_over():
    make_numbers(4)
    reserve_numbers("SUB-1", "SUB-2")
    for owner in ("SUB-1", "SUB-2"):
        internal("inventory.msisdn.release", owner=owner)
    run_sweep("pool_stock")

    reserve_numbers("SUB-3")
    assert len(told()) == 2
    assert run("inventory.msisdn.count")["available"] == 3
