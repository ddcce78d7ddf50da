"""The clearing house through which operators pass numbers to each other, simulated.

It takes requests at once and answers them later, by messages in an inbox. How another operator
behaves is the first word of its name: Silent, Late, Twice, Jumbled or Partial; all others do as
they should. The PIN 0000 is always wrong.
"""

from __future__ import annotations

from typing import Any

from bss.core.calls import Outcome, register_gateway, sends, succeeded
from bss.core.simulated import Simulator

WRONG_PIN = "0000"
# How many looks into the inbox a late operator lets pass.
LATE = 3


class PortingSimulator(Simulator):
    """A clearing house with every other operator behind it."""

    book = "porting"

    @sends(on_unknown="look_up")
    def request(
        self, *, key: str, attempt: int, reference: str, sending: int, carrier: str, **told: Any
    ) -> Outcome:
        """Take a request for the other operator, who answers in its own manner."""
        manner = manner_of(carrier)
        about = {"reference": reference, "attempt": sending, "carrier": carrier}
        if told.get("pin") == WRONG_PIN:
            self.post(about, "declined", code="wrong_pin", reason="The PIN is wrong.")
        elif manner == "jumbled":
            self.post(about, "released")
            self.post(about, "accepted", waits=1)
        elif manner != "silent":
            self.post(about, "accepted", waits=LATE if manner == "late" else 0)
        return self.taken(key)

    @sends(on_unknown="look_up")
    def cut_over(
        self, *, key: str, attempt: int, reference: str, sending: int, carrier: str, **told: Any
    ) -> Outcome:
        """Ask the other operator to let the number go, or to take it, now."""
        about = {"reference": reference, "attempt": sending, "carrier": carrier}
        if manner_of(carrier) not in ("silent", "partial"):
            self.post(about, "released")
        return self.taken(key)

    @sends(on_unknown="look_up")
    def withdraw(self, *, key: str, attempt: int, **told: Any) -> Outcome:
        """Tell the other operator that a request is void."""
        return self.taken(key)

    @sends(on_unknown="resend")
    def collect(self, *, key: str, attempt: int, after: int) -> Outcome:
        """The messages in the inbox behind the one numbered `after`."""
        for name, message in sorted(self.pending(), key=lambda pair: pair[1]["arrival"]):
            if message["waits"]:
                self.books.put(name, {**message, "waits": message["waits"] - 1})
            else:
                self.books.put(name, {**message, "sequence": self.books.count("sequence")})
        return succeeded(messages=[one for one in self.inbox() if one["sequence"] > after])

    def taken(self, key: str) -> Outcome:
        """Acknowledge a request, once."""
        return succeeded(**self.books.record_once(f"done/{key}", {"reference": key}))

    def post(self, about: dict[str, Any], kind: str, waits: int = 0, **why: str) -> None:
        """Put a message into the inbox, twice from an operator that says everything twice."""
        message_id = f"{about['reference']}/{about['attempt']}/{kind}"
        copies = 2 if manner_of(about["carrier"]) == "twice" else 1
        for copy in range(copies):
            arrival = self.books.count("arrivals")
            kept = {"waits": waits, "arrival": arrival, "sequence": 0}
            message = {**about, "message_id": message_id, "kind": kind, **why, **kept}
            self.books.record_once(f"message/{message_id}/{copy}", message)

    def messages(self) -> dict[str, dict[str, Any]]:
        """Every message by its place in the books."""
        entries = self.books.all()
        return {name: one for name, one in entries.items() if name.startswith("message/")}

    def pending(self) -> list[tuple[str, dict[str, Any]]]:
        """Messages that have not reached the inbox."""
        return [(name, one) for name, one in self.messages().items() if not one["sequence"]]

    def inbox(self) -> list[dict[str, Any]]:
        """Messages that have, in the order in which they did."""
        arrived = [one for one in self.messages().values() if one["sequence"]]
        return sorted(arrived, key=lambda one: one["sequence"])


def manner_of(carrier: str) -> str:
    """The first word of an operator's name."""
    return carrier.lower().split()[0] if carrier.strip() else ""


register_gateway("porting", "simulator", PortingSimulator)
