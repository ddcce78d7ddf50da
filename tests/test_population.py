"""The population that benchmarks and `bss seed --lines` bring in is one the product could have."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.db import connection

from apps.subscription.models import NumberAssignment, Subscription
from bench.population import populate
from bss.core import invariants
from bss.core.operations import run, run_internal

LINES, USAGE = 200, 3_000
# Filling a database takes seconds, on a busy machine many.
pytestmark = pytest.mark.timeout(60, func_only=True)


@pytest.fixture
def seeded(committed: None) -> None:
    for app in ("catalog", "provisioning"):
        run_internal(f"{app}.seed", {})


@pytest.fixture
def people(seeded: None) -> dict[str, int]:
    return populate(lines=LINES, usage=USAGE)


def rows_in(tables: Iterable[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)
        )
        return dict(cursor.fetchall())


def test_keeps_every_invariant_and_makes_room_for_more(people):
    before = rows_in(people)
    more = populate(lines=40, usage=100)
    after = rows_in(people)

    assert [one for one in invariants.check(full=True) if not one.holds] == []
    assert {name: after[name] - before[name] for name in people} == more
    assert more["subscription_subscription"] == 40
    assert more["rating_usage"] == 100


def test_blocks_some_and_gives_the_numbers_of_who_left_to_others(people):
    states = Subscription.objects.values_list("state", flat=True)
    ended = Subscription.objects.filter(state="terminated").values_list("msisdn", flat=True)
    reused = NumberAssignment.objects.filter(msisdn__in=ended, valid__upper_inf=True)

    assert list(states).count("blocked") == LINES // 20
    assert len(ended) == reused.count() == LINES // 10


def test_lines_can_be_used_topped_up_and_renewed(frozen_clock, seeded, drain):
    populate(lines=20, usage=100)
    line = Subscription.objects.filter(state="active").first()

    run("usage.simulate", msisdn=line.msisdn, event_type="data", quantity=1, unit="mb")
    run("subscription.purchase_vas", subscription_id=line.public_id, vas_offering_id="VAS_DATA_1GB")
    frozen_clock.advance("30d")
    run("subscription.tick_renewals_now")
    drain()

    assert [one.name for one in invariants.check(full=True) if not one.holds] == []
