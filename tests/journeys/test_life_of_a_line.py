"""Sign-up, exhaustion, block, top-up, renewal: one line through its whole paid life."""

from __future__ import annotations

from typing import Any

import pytest

from apps.crm.models import Notification
from apps.ordering.tests.factories import VISA, create, line_of, payment_of, state
from apps.payments.models import Payment
from apps.provisioning.gateways import profiles, subscribers
from apps.subscription.tests.factories import DECLINING, MB, add_card, balance, bucket
from bss.core.operations import run
from bss.core.sweeps import run_sweep


@pytest.fixture
def line(ada: str, settled: Any) -> str:
    """A line in service, five gigabytes of data on it."""
    order = create(ada)
    settled()
    assert state(order) == "completed"
    return str(line_of(order).public_id)


def shown(line: str) -> dict[str, Any]:
    """A line as people see it."""
    found: dict[str, Any] = run("subscription.get", subscription_id=line)
    return found


def use(line: str, megabytes: int) -> None:
    """The network reports data."""
    used = {"msisdn": shown(line)["msisdn"], "event_type": "data", "unit": "mb"}
    run("usage.simulate", quantity=megabytes, **used)


def letters() -> list[str]:
    """What the customer was told since they were welcomed, in order."""
    told = Notification.objects.exclude(template="welcome").order_by("id")
    return list(told.values_list("template", flat=True))


def takings() -> list[tuple[str, int, str]]:
    """What was charged for what, and whether it was paid."""
    return list(Payment.objects.order_by("id").values_list("purpose", "amount", "state"))


def test_signing_up_pays_once_and_sets_up_the_network(ada: str, settled: Any) -> None:
    order = create(ada)
    assert (state(order), payment_of(order).state) == ("in_progress", "authorised")
    settled()

    line, known = line_of(order), subscribers()[line_of(order).public_id]
    assert (line.state, payment_of(order).served_by) == ("active", line.public_id)
    assert (known["provisioned"], known["msisdn"], known["policy"]) == (True, line.msisdn, "PLAN_S")
    assert profiles()[line.iccid]["state"] == "released"
    assert takings() == [("activation", 1000, "captured")]
    assert letters() == ["line_activated"]


def test_an_empty_bundle_stops_the_line_and_a_top_up_brings_it_back(
    line: str, settled: Any
) -> None:
    use(line, 5120)
    settled()
    assert (shown(line)["state"], subscribers()[line]["barred"]) == ("blocked", True)

    run("subscription.purchase_vas", subscription_id=line, vas_offering_id="VAS_DATA_1GB")
    settled()
    assert (shown(line)["state"], subscribers()[line]["barred"]) == ("active", False)
    assert balance(line)["remaining"] == 1024
    assert takings()[1:] == [("topup", 300, "captured")]
    assert letters() == ["line_activated", "line_blocked", "line_topped_up"]


def test_what_runs_over_the_end_is_counted(line: str, settled: Any) -> None:
    use(line, 5000)
    use(line, 500)
    settled()
    assert shown(line)["state"] == "blocked"
    counted = bucket(line)
    assert (counted.used, counted.overshoot) == (5500 * MB, 380 * MB)


@pytest.mark.parametrize("empty", [False, True])
def test_renewal_opens_the_next_period(
    line: str, settled: Any, frozen_clock: Any, empty: bool
) -> None:
    use(line, 5120 if empty else 1)
    settled()
    first_end = shown(line)["currentPeriodEnd"]
    assert run_sweep("renewals") == 0

    frozen_clock.advance("30d")
    assert run_sweep("renewals") == 1
    settled()
    assert (shown(line)["state"], shown(line)["currentPeriodStart"]) == ("active", first_end)
    assert balance(line)["remaining"] == 5120
    assert takings()[1:] == [("renewal", 1000, "captured")]
    assert run_sweep("renewals") == 0


def test_a_declined_renewal_blocks_until_it_is_paid(
    line: str, ada: str, settled: Any, frozen_clock: Any
) -> None:
    add_card(ada, DECLINING)
    frozen_clock.advance("30d")
    run_sweep("renewals")
    settled()
    assert (shown(line)["state"], shown(line)["stateReason"]) == ("blocked", "payment_failed")
    assert subscribers()[line]["barred"]

    add_card(ada, VISA)
    run("subscription.renew_now", subscription_id=line)
    settled()
    assert shown(line)["state"] == "active"
    assert not subscribers()[line]["barred"]
    assert takings()[1:] == [("renewal", 1000, "captured")]
    assert "line_renewal_failed" in letters()


@pytest.mark.timeout(60)
def test_a_year_is_twelve_charges(line: str, settled: Any, frozen_clock: Any) -> None:
    for _ in range(12):
        use(line, 5120)
        frozen_clock.advance("30d")
        run_sweep("renewals")
        settled()
    assert takings()[1:] == [("renewal", 1000, "captured")] * 12
    assert shown(line)["state"] == "active"
