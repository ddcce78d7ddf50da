"""A card processor that lives in memory outside the database and does what the token says."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings

from bss.core.calls import NotSent, Outcome, Unknown, refused, succeeded
from bss.core.simulated import delay, ledger

from .processor import ATTACHING, MONEY, CardProcessor

SLOW_SECONDS = 5.0
REFUSED_CONNECTIONS = 2


class MockCards(CardProcessor):
    """Deterministic by words in the token; keeps its own books, so that look-ups are honest.

    FAIL, DECLINE: declined. 3DS, 3DSFORM: wants the cardholder (redirect or form). TIMEOUT: done,
    but the answer is lost once. UNKNOWN: undecided until `decide`. SLOW: five seconds. DOWN: two
    refused connections. NOCAPTURE, NOVOID, NOREFUND: that later step is refused. LOSTREFUND:
    a refund stays undecided until `decide`.
    """

    @MONEY
    def charge(self, *, key: str, attempt: int, **args: Any) -> Outcome:
        return self._answer(key, attempt, args["token"], lambda: self._pay(key, args, final=True))

    @MONEY
    def authorise(self, *, key: str, attempt: int, **args: Any) -> Outcome:
        return self._answer(key, attempt, args["token"], lambda: self._pay(key, args, final=False))

    @MONEY
    def capture(self, *, key: str, attempt: int, reference: str, **_: Any) -> Outcome:
        return self._follow(key, attempt, reference, "captured", "NOCAPTURE")

    @MONEY
    def void(self, *, key: str, attempt: int, reference: str, **_: Any) -> Outcome:
        return self._follow(key, attempt, reference, "voided", "NOVOID")

    @MONEY
    def refund(self, *, key: str, attempt: int, reference: str, amount: int, **_: Any) -> Outcome:
        token = self._token(reference)
        return self._answer(key, attempt, "", lambda: self._give_back(key, token, amount))

    @ATTACHING
    def save_card(self, *, key: str, attempt: int, token: str, payer: str, **_: Any) -> Outcome:
        return self._answer(key, attempt, token, lambda: self._keep(key, token, payer))

    def look_up(self, *, key: str, method: str, args: dict[str, Any]) -> Outcome | None:
        """What the books say; None when the key never arrived."""
        found = ledger("cards").get(key)
        return None if found is None else self._told(key, found["outcome"])

    def decide(self, key: str, outcome: Outcome) -> None:
        """End what a token with UNKNOWN left undecided."""
        ledger("cards").put(key, {"outcome": outcome.stored()})

    def _answer(self, key: str, attempt: int, token: str, decide: Any) -> Outcome:
        self._take_time(token)
        if "DOWN" in token and attempt <= REFUSED_CONNECTIONS:
            raise NotSent("connection refused")
        books = ledger("cards")
        before = books.get(key)
        stored = before or books.record_once(key, {"outcome": decide().stored()})
        if before is None and "TIMEOUT" in token:
            raise Unknown("timed out")
        return self._told(key, stored["outcome"])

    def _told(self, key: str, outcome: dict[str, Any]) -> Outcome:
        if outcome["kind"] == "unknown":
            raise Unknown(f"the bank has not decided {key}")
        return Outcome(**outcome)

    def _take_time(self, token: str) -> None:
        delay(settings.BSS.card_delay_ms / 1000)
        if "SLOW" in token:
            delay(SLOW_SECONDS)

    def _pay(self, key: str, args: dict[str, Any], final: bool) -> Outcome:
        token, reference = args["token"], reference_of(key)
        if "FAIL" in token or "DECLINE" in token:
            return refused("card_declined", "card_declined_by_issuer", reference=reference)
        if "3DS" in token:
            return refused(
                "authentication_required",
                "The bank wants the cardholder to confirm.",
                reference=reference,
                next_action=next_action(token, reference),
            )
        books = ledger("cards")
        books.record_once(f"token:{reference}", {"token": token, "amount": args["amount"]})
        if "UNKNOWN" in token:
            return Outcome("unknown")
        if final:
            books.record_once(f"end:{reference}", {"how": "captured"})
        return succeeded(reference=reference)

    def _follow(self, key: str, attempt: int, reference: str, how: str, marker: str) -> Outcome:
        def decide() -> Outcome:
            if marker in self._token(reference):
                return refused("refused_by_issuer", "The issuer refused.", reference=reference)
            end = ledger("cards").record_once(f"end:{reference}", {"how": how})
            if end["how"] != how:
                return refused("unexpected_state", f"It is already {end['how']}.")
            return succeeded(reference=reference)

        return self._answer(key, attempt, "", decide)

    def _give_back(self, key: str, token: str, amount: int) -> Outcome:
        if "LOSTREFUND" in token:
            return Outcome("unknown")
        if "NOREFUND" in token:
            return refused("refund_failed", "The card no longer takes refunds.")
        return succeeded(reference=reference_of(key), amount=amount)

    def _keep(self, key: str, token: str, payer: str) -> Outcome:
        if "FAIL" in token or "DECLINE" in token:
            return refused("card_declined", "card_declined_by_issuer")
        year = 2000 + int(hashlib.sha256(token.encode()).hexdigest(), 16) % 20 + 40
        return succeeded(
            payer=payer or f"cus_mock_{reference_of(key)[-8:]}",
            brand="visa",
            last4="4242",
            exp_month=12,
            exp_year=year,
            country="",
        )

    def _token(self, reference: str) -> str:
        found = ledger("cards").get(f"token:{reference}")
        return str(found["token"]) if found else ""


def reference_of(key: str) -> str:
    """The processor's own id of what it did under a key."""
    return f"mock_{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def next_action(token: str, reference: str) -> dict[str, Any]:
    """How the cardholder could confirm: a page to go to, or a form to post."""
    url = f"{settings.BSS.base_url}/simulated/3ds/{reference}"
    if "3DSFORM" in token:
        return {"type": "form", "url": url, "fields": {"PaReq": reference, "MD": reference[-8:]}}
    return {"type": "redirect", "url": url}
