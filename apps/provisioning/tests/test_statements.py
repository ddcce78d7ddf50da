"""What an activation costs the database."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.provisioning import operations
from bss.core.invocation import Invocation, transaction_of
from bss.core.registry import allowing

from .factories import ACTIVATION, ADA, LINE, make_esims, make_numbers

pytestmark = pytest.mark.usefixtures("committed")
OURS = re.compile(r'"?provisioning_')


def activate_line():
    operations.open_service_order(
        owner=LINE,
        order_id="ORD-000001",
        action="activate",
        cfs_spec_id="SSPEC_CFS_MOBILE_BROADBAND",
        rfs_spec_ids=["SSPEC_RFS_DATA_BEARER", "SSPEC_RFS_VOICE_BEARER"],
        task_types=ACTIVATION,
        characteristics={"customer_id": ADA, "offering_id": "PLAN_S"},
    )


def reserve():
    number = operations.hold_number(owner=LINE, new_owner=True)
    operations.reserve_esim(owner=LINE, msisdn=number.msisdn, new_owner=True)


def statements(step):
    """How many statements on our tables a step takes, in a transaction of its own."""
    with CaptureQueriesContext(connection) as captured, transaction_of(Invocation()), allowing():
        step()
    return sum(bool(OURS.search(query["sql"])) for query in captured.captured_queries)


def test_an_activation_stays_cheap(drain):
    make_numbers(60)
    make_esims(60)

    assert statements(reserve) <= 4
    assert statements(activate_line) <= 8
    with CaptureQueriesContext(connection) as captured:
        drain()
    finishing = [q["sql"] for q in captured.captured_queries if OURS.search(q["sql"])]
    assert len(finishing) <= 14
    assert statements(lambda: operations.assign_number(owner=LINE)) <= 2
