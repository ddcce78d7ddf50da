"""Real processes are killed at random in the middle of their work; everything settles."""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from apps.ordering.tests.factories import VISA
from tests.town.clients import Client
from tests.town.town import Town, town

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]

PEOPLE, TOP_UPS, KILLS = 50, 4, 20
SETTLE_SECONDS = 180


def test_fifty_sign_ups_and_two_hundred_top_ups(capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("BSS_STORM_SEED") or secrets.randbits(32))
    with capsys.disabled():
        print(f"\n  storm with BSS_STORM_SEED={seed}")
    with town(BSS_SIMULATED_DELAY="0.5", BSS_CARD_DELAY_MS="400") as one:
        made = one.run("tests.town.people", str(PEOPLE), VISA)
        began = time.monotonic()
        storm = Storm(one, made, random.Random(seed))
        storm.rage()
        one.settle(SETTLE_SECONDS)
        verdict = one.run("tests.town.verdict")
        with capsys.disabled():
            print(f"  {storm.told()}, {time.monotonic() - began:.0f} s; {verdict}")
    assert verdict["complaints"] == []
    assert verdict["orders"] == {"completed": PEOPLE}
    assert verdict["top_ups"] == {"granted": len(storm.bought)}
    assert verdict["payments"] == {"captured": PEOPLE + len(storm.bought)}
    assert len(storm.bought) >= PEOPLE * TOP_UPS
    assert sum(name.startswith("web") for name in one.kills) >= KILLS // 2
    assert sum(name.startswith("worker") for name in one.kills) >= KILLS // 2


class Storm:
    """Fifty people who sign up and top up while somebody kills what serves them."""

    def __init__(self, one: Town, made: dict[str, Any], chance: random.Random) -> None:
        self.town = one
        self.over = threading.Event()
        self.bought: set[str] = set()
        self.clients = [
            Client(one.ports, made["token"], random.Random(chance.random())) for _ in made["people"]
        ]
        self.people = [person["id"] for person in made["people"]]
        self.chance = chance

    def rage(self) -> None:
        """Let all of them live at once, and kill until it is enough."""
        with ThreadPoolExecutor(len(self.people) + 1) as pool:
            killer = pool.submit(self.kill)
            lives = [
                pool.submit(self.live, *who) for who in zip(self.clients, self.people, strict=True)
            ]
            try:
                killer.result()
            finally:
                self.over.set()
            for life in lives:
                life.result()

    def kill(self) -> None:
        """Kill web servers and workers by turns, each in the middle of something."""
        deadline = time.monotonic() + 240
        while len(self.town.kills) < KILLS:
            assert time.monotonic() < deadline, f"only {len(self.town.kills)} were busy"
            self.over.wait(self.chance.uniform(0.05, 0.8))
            self.town.kill_one("web" if len(self.town.kills) % 2 else "worker")

    def live(self, client: Client, customer: str) -> None:
        """Sign up, then top up until nobody is killed any more."""
        shown = client.end_of(client.order(customer, f"sign-up/{customer}"))
        assert shown["state"] == "completed", shown
        line = shown["productOrderItem"][0]["product"]["id"]
        number = 0
        while number < TOP_UPS or not self.over.wait(1.0):
            number += 1
            self.bought.add(client.top_up(line, f"top-up/{line}/{number}"))

    def told(self) -> str:
        """What happened, for whoever watches."""
        repeats = sum(client.repeats for client in self.clients)
        return f"{len(self.town.kills)} killed, {len(self.bought)} top-ups, {repeats} repeats"
