"""Two connections at once: keys, claims, and a broker that is gone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace

import pytest
import redis
from django.db import connection, transaction

from bss.core import delivering, performing, tasks, waking, work
from bss.core.errors import BssError
from bss.core.models import Call, Delivery, Request
from bss.core.operations import invoke, run
from bss.core.tests import toy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clean() -> None:
    for log in (toy.heard, toy.sent, toy.moods):
        log.clear()


def at_once(count: int, action: Callable[[], None]) -> None:
    """Run the action on `count` connections that start together."""
    barrier = threading.Barrier(count)

    def one() -> None:
        try:
            barrier.wait()
            action()
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(one,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_six_twins_send_once() -> None:
    answers: list[object] = []

    def twin() -> None:
        try:
            answers.append(invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k").state)
        except BssError as refusal:
            answers.append(refusal.code)

    at_once(6, twin)

    assert Counter(answers) == {"done": 6}
    assert toy.sent == ["J-1/5"]
    assert Request.objects.get().state == "done"


def test_no_delivery_is_claimed_twice() -> None:
    for jar in range(40):
        run("jar.note", jar=f"J-{jar}")
    claimed: list[int] = []

    def worker() -> None:
        while found := delivering.claim("mail", 5, lease=60):
            claimed.extend(one.id for one in found)

    at_once(4, worker)

    assert len(claimed) == len(set(claimed)) == Delivery.objects.count() == 80


def test_no_call_is_claimed_twice() -> None:
    for jar in range(30):
        invoke("jar.fill", {"jar": f"J-{jar}", "amount": 1}, wait=0)
    claimed: list[int] = []

    def worker() -> None:
        while found := performing.claim("money", 2, lease=60):
            claimed.extend(one.id for one in found)

    at_once(4, worker)

    assert len(claimed) == len(set(claimed)) == Call.objects.count() == 30


def test_lanes_run_in_order_under_four_workers() -> None:
    for turn in range(10):
        for jar in ("J-1", "J-2"):
            run("jar.note", jar=jar, text=str(turn))

    at_once(4, lambda: work.drain_everything() and None)

    for jar in ("J-1", "J-2"):
        seen = [entry[2] for entry in toy.heard if entry[:2] == ("any", jar)]
        assert len(seen) == 10
        assert seen == sorted(seen)


def test_a_dead_broker_costs_no_more_than_fifty_milliseconds(settings, monkeypatch) -> None:
    dead = redis.Redis(
        host="127.0.0.1",
        port=1,
        socket_connect_timeout=waking.PATIENCE_SECONDS,
        socket_timeout=waking.PATIENCE_SECONDS,
        retry=None,
    )
    monkeypatch.setattr(waking, "_connection", lambda: dead)
    settings.BSS = replace(settings.BSS, wake_workers=True)
    started = time.perf_counter()

    assert waking.wake_queue("mail") is False
    assert time.perf_counter() - started < 0.05


@pytest.fixture
def broker(settings, monkeypatch, outside) -> redis.Redis:
    """The broker, while whoever would coalesce wake-ups meets none."""
    settings.BSS = replace(settings.BSS, wake_workers=True)
    monkeypatch.setattr(waking, "_connection", lambda: redis.Redis(port=1, retry=None))
    monkeypatch.setattr(waking, "LATER_SECONDS", 0.05)
    return redis.Redis.from_url(settings.CELERY_BROKER_URL)


def test_a_wake_up_that_was_not_taken_comes_later(broker) -> None:
    run("jar.note", jar="J-1")

    assert broker.brpop("mail", timeout=5)


def test_who_could_not_say_that_it_looks_looks_again(broker) -> None:
    tasks.drain("mail")

    assert broker.brpop("mail", timeout=5)


def test_two_claims_at_once_share_the_lanes() -> None:
    for jar in range(10):
        run("jar.note", jar=f"J-{jar}")
    claimed: list[int] = []

    with transaction.atomic():
        claimed.extend(one.id for one in delivering.claim("mail", 10))
        delivering.start_over()
        at_once(1, lambda: claimed.extend(one.id for one in delivering.claim("mail", 10)))

    assert len(set(claimed)) == 20


def test_parallel_sends_hold_no_connection_and_lose_none(settings, monkeypatch) -> None:
    settings.BSS = replace(settings.BSS, call_threads=4)
    seen: list[bool] = []
    threads: set[threading.Thread] = set()
    pay = toy.Bank.pay

    def greedy(self, *, key, attempt, amount):
        with connection.cursor() as cursor:  # what an adapter should not do, but might
            cursor.execute("SELECT 1")
        seen.append(connection.connection is not None)
        threads.add(threading.current_thread())
        return pay(self, key=key, attempt=attempt, amount=amount)

    greedy.sending = pay.sending
    monkeypatch.setattr(toy.Bank, "pay", greedy)
    for jar in range(12):
        invoke("jar.fill", {"jar": f"J-{jar}", "amount": 1}, wait=0)
    before = sessions()

    assert work.drain("money") == 12

    assert len(seen) == 12
    assert sessions() <= before
    assert {thread.name.partition("_")[0] for thread in threads} == {"sender"}
    assert len(threads) <= 4


def test_who_finds_no_free_sender_puts_the_call_off() -> None:
    invoke("jar.fill", {"jar": "J-1", "amount": 1}, wait=0)
    (call,) = performing.claim("money", 1)

    performing.finish(call, performing._send_apart(call, by=0.0))

    kept = Call.objects.get()
    assert (kept.attempts, kept.token, toy.sent) == (0, None, [])


def sessions() -> int:
    """How many sessions this database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]
