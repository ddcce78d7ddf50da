"""A small local server that speaks the part of the loyalty engine's protocol that we use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bss.core.tests import outside

TOKEN = "loyalty-token-of-a-test"  # noqa: S105
Body = dict[str, Any]
Reply = tuple[int, Body]
# What a tool makes of an offer, and from what.
MOVES = {
    "offer.advance_to_claimed": ("issued", "claimed"),
    "offer.redeem": ("claimed", "redeemed"),
}


class Books:
    """What this engine remembers: offers, codes, and one reply for every key."""

    def __init__(self) -> None:
        self.offers: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.replies: dict[str, Reply] = {}
        self.token = TOKEN
        # Tools that are turned down, whose answer is lost, and that break.
        self.refusing: set[str] = set()
        self.mute: set[str] = set()
        self.broken: set[str] = set()

    def use(self, tool: str, key: str, body: Body) -> Reply:
        """One use: the same key gets the same reply, whatever tool it names."""
        if tool in self.broken:
            return 500, {"detail": "broken"}
        if key not in self.replies:
            turned_down = tool in self.refusing
            self.replies[key] = refusal(f"{tool}.refused") if turned_down else self.act(tool, body)
        return self.replies[key]

    def act(self, tool: str, body: Body) -> Reply:
        """What a tool does."""
        if tool == "promo_code.register":
            self.codes[body["code"]] = body["offer_definition_id"]
            return 200, {"id": body["code"]}
        if tool == "offer_definition.register":
            return 200, {"id": body["id"]}
        return self.move(tool, body)

    def move(self, tool: str, body: Body) -> Reply:
        """What a tool does to an offer."""
        offer, state = body["offer_id"], self.offers.get(body["offer_id"])
        if tool == "offer.claim" and body["code"] not in self.codes:
            return refusal("promo_code.unknown")
        wanted, becomes = MOVES.get(tool, (state, WITHOUT_CONDITION.get(tool)))
        if state != wanted or becomes is None:
            return refusal(f"{tool}.illegal_state")
        self.offers[offer] = becomes
        return 200, {"id": offer}


WITHOUT_CONDITION = {"offer.issue": "issued", "offer.claim": "claimed", "offer.revoke": "revoked"}


def refusal(code: str) -> Reply:
    """How the engine says no."""
    return 422, {"detail": {"refused": True, "code": code, "detail": f"Test: {code}."}}


class Handler(outside.JsonHandler):
    """One exchange."""

    books: Books

    def do_POST(self) -> None:
        tool = self.path.removeprefix("/v1/tools/")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {self.books.token}":
            return self.reply(401, {"detail": "unknown token"})
        status, answer = self.books.use(tool, self.headers["Idempotency-Key"], body)
        if tool in self.books.mute:
            self.close_connection = True
            return None
        return self.reply(status, answer)


@contextmanager
def serving() -> Iterator[tuple[str, Books]]:
    """A fresh engine on a free port: its address and its books."""
    books = Books()
    with outside.serving(Handler, books=books) as address:
        yield address, books
