"""A whole operator's six months, brought in at once: customers, lines, money, usage and its log.

`populate(lines=1000, usage=50_000)` adds to whatever is there; every invariant holds afterwards.
Finished deliveries and calls are left out: they are purged after a month anyway.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from . import lines as service
from . import loading, log, money, network, people
from . import usage as reported
from .lives import chronicle, imagine
from .loading import Progress
from .world import World, the_world

__all__ = ["Progress", "populate"]

LOG, RECEIPTS, COUNTER = "crm_interaction", "payments_receipt", "payments_receiptcounter"


def populate(*, lines: int, usage: int = 0, progress: Progress = lambda *_: None) -> dict[str, int]:
    """Add that many lines with their six months, and that many events of usage among them.

    All or nothing; others who write wait until it is done. Answers the new rows by table.
    """
    with uncollected():
        return bring_in(the_world(), lines, usage, progress)


@contextmanager
def uncollected() -> Iterator[None]:
    """Spare the collector the million objects that stay to the end; nothing here has cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def bring_in(world: World, lines: int, usage: int, progress: Progress) -> dict[str, int]:
    """Imagine the lives of the lines, then write down all that came of them."""
    progress("lives", 0, 1)
    lives = imagine(lines, usage, world.plans, world.moments.now)
    episodes = chronicle(lives)
    charges = money.charges(lives, episodes)
    tables = [
        *people.tables(world, lives),
        *network.tables(world, lives, spare=max(1_000, lines // 10)),
        *money.tables(world, charges),
        *service.tables(world, lives, charges),
        reported.table(world, lives),
        *log.tables(world, lives, episodes, charges),
    ]
    counts = {table.name: table.count for table in tables}
    with transaction.atomic():
        loading.lock([*counts, LOG, COUNTER])
        place(world, counts)
        money.number(world, charges)
        # Rows are made while they are written, and only now it is known where ids begin.
        loading.load(tables, progress)
        counts[LOG] = log.keep_logs(world)
        loading.analyse(counts)
    return counts


def place(world: World, counts: dict[str, int]) -> None:
    """Find out where ids, receipts, numbers and profiles begin, and move what counts them on."""
    numbered = {name: count for name, count in counts.items() if name != RECEIPTS}
    world.first = loading.take_ids(numbered)
    with connection.cursor() as cursor:
        world.first_msisdn, world.first_profile = network.next_in_pools(cursor)
        cursor.execute(
            f"INSERT INTO {COUNTER} AS c (id, last) VALUES (1, %s)"
            " ON CONFLICT (id) DO UPDATE SET last = c.last + excluded.last RETURNING last",
            [counts[RECEIPTS]],
        )
        world.first[RECEIPTS] = int(cursor.fetchone()[0]) - counts[RECEIPTS] + 1
