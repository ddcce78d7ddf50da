"""Every card processor under one face, so that one suite can try them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from apps.payments.gateways import MockCards, StripeCards
from bss.core.simulated import ledger

from .stripe_server import Books, serving


@dataclass
class Processor:
    """An adapter, the tokens that make it behave, and what it really did."""

    cards: Any
    good: str
    declined: str
    wants_cardholder: str
    undecided: str
    refuses_capture: str
    refuses_refund: str
    loses_answer: str
    books: Books | None = None

    def send(self, method: str, key: str, attempt: int = 1, **args: Any) -> Any:
        """One send, as the kernel makes it."""
        return getattr(self.cards, method)(key=key, attempt=attempt, **args)

    def pay(self, token: str, key: str, method: str = "charge", amount: int = 1000) -> Any:
        """A first step with the arguments that a payment gives."""
        return self.send(method, key, **self.args(token, amount))

    def args(self, token: str, amount: int = 1000) -> dict[str, Any]:
        return {
            "token": token,
            "payer": "cus_ada",
            "amount": amount,
            "currency": "SGD",
            "description": "Extra work",
            "payment": "PAY-000001",
        }

    def captures(self) -> int:
        """How often money was really taken."""
        if self.books is not None:
            return sum(one["status"] == "succeeded" for one in self.books.intents.values())
        return sum(entry.get("how") == "captured" for entry in ledger("cards").all().values())

    def refunds(self) -> int:
        """How much money was really given back."""
        if self.books is not None:
            return sum(one["refunded"] for one in self.books.intents.values())
        answers = [
            entry.get("outcome", {}).get("data", {}) for entry in ledger("cards").all().values()
        ]
        return sum(answer.get("amount", 0) for answer in answers)


def mock() -> Processor:
    """The processor that pretends."""
    return Processor(
        MockCards(),
        good="tok_1",
        declined="tok_DECLINE_1",
        wants_cardholder="tok_3DS_1",
        undecided="tok_UNKNOWN_1",
        refuses_capture="tok_NOCAPTURE_1",
        refuses_refund="tok_NOREFUND_1",
        loses_answer="tok_TIMEOUT_1",
    )


@contextmanager
def stripe(monkeypatch: Any) -> Iterator[Processor]:
    """Stripe's library against a local server with Stripe's protocol."""
    with serving() as (address, books), stripe_at(monkeypatch, address) as cards:
        books.mute.add("pm_card_mute")
        yield Processor(
            cards,
            good="pm_card_visa",
            declined="pm_card_chargeDeclined",
            wants_cardholder="pm_card_authenticationRequired",
            undecided="pm_card_Processing",
            refuses_capture="pm_card_NoCapture",
            refuses_refund="pm_card_NoRefund",
            loses_answer="pm_card_mute",
            books=books,
        )


@contextmanager
def stripe_at(monkeypatch: Any, address: str) -> Iterator[StripeCards]:
    """The settings of an installation whose Stripe is at an address."""
    keys = {"api_key": "sk_test_local", "api_base": address}
    with monkeypatch.context() as patched:
        patched.setattr(settings, "BSS", replace(settings.BSS, stripe=keys))
        cards = StripeCards()
        try:
            yield cards
        finally:
            cards.transport.close()
