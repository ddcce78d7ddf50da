"""Clients over HTTP who ask again, under the same key, until they have an answer."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
TOP_UPS = "/tmf-api/prepayBalanceManagement/v4/topupBalance"
OVER = {"completed", "failed", "cancelled"}
# What a client may meet while servers die: try again under the same key.
AGAIN = {408, 409, 429, 500, 502, 503, 504}


@dataclass
class Client:
    """One program that talks to whichever web server answers."""

    ports: list[int]
    token: str
    chance: random.Random
    patience: float = 150.0
    pause: threading.Event = field(default_factory=threading.Event)
    repeats: int = 0

    def order(self, customer: str, key: str) -> str:
        """The id of an order that was placed and submitted."""
        body = {
            "relatedParty": [{"id": customer, "role": "customer"}],
            "productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": "PLAN_S"}}],
            "submit": True,
        }
        return str(self.insist("POST", ORDERS, key, body)["id"])

    def end_of(self, order: str) -> dict[str, Any]:
        """An order once it is over."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            shown = self.insist("GET", f"{ORDERS}/{order}")
            if shown["state"] in OVER:
                return shown
            self.pause.wait(0.25)
        raise AssertionError(f"{order} is {shown['state']} for ever")

    def top_up(self, line: str, key: str) -> str:
        """The id of a top-up that was bought."""
        body = {"product": [{"id": line}], "productOffering": {"id": "VAS_DATA_1GB"}}
        return str(self.insist("POST", TOP_UPS, key, body)["id"])

    def insist(self, method: str, path: str, key: str = "", body: Any = None) -> dict[str, Any]:
        """The final answer to a request, however often it has to be sent."""
        deadline = time.monotonic() + self.patience
        said = "nothing"
        while time.monotonic() < deadline:
            answer = self.send(method, path, key, body)
            if answer is not None and answer.status_code not in AGAIN:
                assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
                found: dict[str, Any] = answer.json()
                return found
            said = answer.text if answer is not None else said
            self.repeats += 1
            self.pause.wait(self.chance.uniform(0.1, 0.5))
        raise AssertionError(f"{method} {path} under {key} was never answered: {said}")

    def send(self, method: str, path: str, key: str, body: Any) -> httpx.Response | None:
        """An answer, or None when the server died over it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if key:
            headers["Idempotency-Key"] = key
        url = f"http://127.0.0.1:{self.chance.choice(self.ports)}{path}"
        try:
            return httpx.request(method, url, json=body, headers=headers, timeout=20)
        except httpx.TransportError:
            return None
