from contextlib import contextmanager

import pytest
from django.db import connection

from apps.ordering.tests.factories import create, internal, state

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")

ORDERS = 10
# Letters, the log and a worker looking for work among them.
STATEMENTS = 95


@contextmanager
def statements():
    """What is sent to the database inside the block, without the marks of transactions."""
    sent = []

    def note(execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def test_an_order_costs_few_statements(ada, drain):
    internal("provisioning.seed", numbers=200, esims=200)
    create(ada)
    drain()
    with statements() as sent:
        orders = [create(ada) for _ in range(ORDERS)]
        drain()
    assert {state(order) for order in orders} == {"completed"}
    assert len(sent) <= STATEMENTS * ORDERS
