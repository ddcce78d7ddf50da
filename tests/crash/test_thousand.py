"""A thousand orders over HTTP, half of them in some trouble, while processes die: none is left."""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from apps.ordering.tests.factories import DECLINING, LOST_ANSWER, VISA
from bss.embedded.places import PROJECT
from tests.town.clients import Client
from tests.town.town import Town, town

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

ORDERS = int(os.environ.get("BSS_ORDERS") or 1000)
CONCURRENCY, KILL_SECONDS, SETTLE_SECONDS = 8, 20.0, 240
# Of ten people one is declined and one gets an answer too late; of ten tasks of a kind one fails
# once, one is slow and one gets stuck.
CARDS = [DECLINING, LOST_ANSWER, *[VISA] * 8]
FAULTS = {
    "HLR_PROVISION": "fail_first_attempt",
    "PCRF_POLICY_PUSH": "slow",
    "OCS_BALANCE_INIT": "stuck",
}


def test_a_thousand_orders(capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("BSS_STORM_SEED") or secrets.randbits(32))
    with capsys.disabled():
        print(f"\n  {ORDERS} orders with BSS_STORM_SEED={seed}")
    with town(BSS_SIMULATED_DELAY="0.2") as one:
        made = one.run("tests.town.people", "40", *CARDS)
        one.run("tests.town.faults", "0.1", *[f"{task}={fault}" for task, fault in FAULTS.items()])
        began = time.monotonic()
        with resolver(one):
            ends = Shop(one, made, random.Random(seed)).sell(ORDERS)
            sold = time.monotonic() - began
            one.settle(SETTLE_SECONDS)
        verdict = one.run("tests.town.verdict")
        with capsys.disabled():
            print(
                f"  {dict(ends)}, {len(one.kills)} killed; sold in {sold:.0f} s, "
                f"settled in {time.monotonic() - began:.0f} s; {verdict}"
            )
    declined = ends["failed"]
    assert verdict["complaints"] == []
    assert verdict["orders"] == {"completed": ORDERS - declined, "failed": declined}
    assert declined == sum(CARDS[number % len(CARDS)] == DECLINING for number in range(ORDERS))
    assert len(one.kills) >= sold // (KILL_SECONDS * 1.5)


class resolver:  # noqa: N801
    """An engineer at work for the time of the block."""

    def __init__(self, one: Town) -> None:
        self.env = {**os.environ, **one.env}

    def __enter__(self) -> None:
        command = [sys.executable, "-m", "tests.town.resolver"]
        self.process = subprocess.Popen(command, cwd=PROJECT, env=self.env)

    def __exit__(self, *exc: object) -> None:
        self.process.terminate()
        self.process.wait(20)


class Shop:
    """Clients who order, eight at a time, and somebody who kills what serves them."""

    def __init__(self, one: Town, made: dict[str, Any], chance: random.Random) -> None:
        self.town = one
        self.people = [person["id"] for person in made["people"]]
        self.chance = chance
        self.token = made["token"]
        self.over = threading.Event()
        self.numbers = count()
        self.ends = Counter[str]()

    def sell(self, orders: int) -> Counter[str]:
        """How the orders ended, once all of them have."""
        killer = threading.Thread(target=self.kill)
        killer.start()
        try:
            with ThreadPoolExecutor(CONCURRENCY) as pool:
                clients = [pool.submit(self.work, orders) for _ in range(CONCURRENCY)]
                for client in clients:
                    self.ends.update(client.result())
        finally:
            self.over.set()
            killer.join()
        return self.ends

    def kill(self) -> None:
        """Kill web servers and workers by turns, one every so often."""
        due = time.monotonic() + KILL_SECONDS
        while not self.over.wait(0.1):
            if time.monotonic() >= due:
                kind = "web" if len(self.town.kills) % 2 else "worker"
                due += KILL_SECONDS if self.town.kill_one(kind) else 0

    def work(self, orders: int) -> Counter[str]:
        """Place orders as long as there are any, then see how they all end."""
        chance = random.Random(self.chance.random())
        client = Client(self.town.ports, self.token, chance, patience=SETTLE_SECONDS)
        placed = []
        while (number := next(self.numbers)) < orders:
            customer = self.people[number % len(self.people)]
            placed.append(client.order(customer, f"order/{number}"))
        return Counter(client.end_of(order)["state"] for order in placed)
