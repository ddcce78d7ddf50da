"""The pool after PostgreSQL was started again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from bss.core.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 3


@pytest.fixture
def pooled() -> Iterator[DatabaseWrapper]:
    """A pool of its own for the same database."""
    pool = {"min_size": SIZE, "max_size": SIZE, "timeout": 5}
    settings = connection.settings_dict | {"OPTIONS": {"pool": pool}}
    wrapper = DatabaseWrapper(settings, alias="default")
    wrapper.pool.open(wait=True)
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def restart(wrapper: DatabaseWrapper) -> None:
    """End every session of a pool, as a restart of the server would."""
    held = [wrapper.pool.getconn() for _ in range(SIZE)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) pid",
            [[one.info.backend_pid for one in held]],
        )
    for one in held:
        wrapper.pool.putconn(one)


def test_no_request_pays_for_a_restart_of_the_server(pooled) -> None:
    restart(pooled)

    for _ in range(SIZE):
        with pooled.cursor() as cursor:
            cursor.execute("SELECT 1")
        pooled.close()
