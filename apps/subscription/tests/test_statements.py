"""What the dear moments of a line cost the database, the kernel and the payment included."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.subscription.tests.factories import exhaust, internal, make_line, make_pending, use
from bss.core import sweeps
from bss.core.operations import invoke, run
from bss.core.work import drain_everything

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def cost(step):
    """How many statements a step takes, beginnings and ends of transactions aside."""
    with CaptureQueriesContext(connection) as captured:
        step()
    said = [query["sql"] for query in captured.captured_queries]
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in said)


def buy(line, key):
    wanted = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
    return lambda: invoke("subscription.purchase_vas", wanted, key=key)


def test_a_top_up():
    line = make_line()
    assert cost(buy(line, "first")) <= 25
    exhaust(line)
    assert cost(buy(line, "second")) <= 25  # it also puts the line back into service


def test_a_renewal(frozen_clock):
    line = make_line()
    use(line, 5)
    frozen_clock.advance("30d")
    assert cost(lambda: run("subscription.renew_now", subscription_id=line)) <= 25


def test_a_wave_of_renewals(frozen_clock, drain):
    lines = [make_line() for _ in range(5)]
    drain()
    frozen_clock.advance("30d")
    opened = cost(lambda: internal_open(lines))
    assert opened <= 8
    settled = cost(drain_everything)
    assert (opened + settled) / len(lines) <= 45  # letters and the log included


def internal_open(lines):
    """Open renewals as a sweep does: nobody waits for their calls."""
    assert sweeps.run_sweep("renewals") == len(lines)


def test_use_costs_the_same_however_many_lines():
    one, many = [make_line()], [make_line() for _ in range(4)]
    assert consume_cost(one) == consume_cost(many) == 5


def consume_cost(lines):
    from apps.subscription.rules import Charge
    from apps.subscription.tests.factories import the
    from bss.core import clock

    batch = [Charge(the(line).pk, "data", 10, clock.now()) for line in lines]
    return cost(lambda: internal("subscription.consume", batch=batch))


def test_an_activation():
    line = make_pending()
    activation = {"subscription_id": line, "payment_id": "PAY-000000"}
    assert cost(lambda: internal("subscription.activate", **activation)) <= 13
