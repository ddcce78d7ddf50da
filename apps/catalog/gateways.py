"""The external loyalty engine, where an installation has one: who may use which promotion."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.conf import settings

from bss.core.calls import (
    Gateway,
    NotSent,
    Outcome,
    Unknown,
    refused,
    register_gateway,
    sends,
    succeeded,
)

# The engine remembers keys without the tool they were for, so each step has a key of its own.
STEPS = {"definition": "od", "code": "code"}
ROLES = "author,reviewer,publisher"


class LoyaltyEngine(Gateway):
    """Tools of the engine over HTTP; every use carries a key under which it happens once."""

    timeout = 5.0

    @cached_property
    def client(self) -> Any:
        """Imported at the first use, kept open between calls."""
        import httpx

        return httpx.Client(timeout=self.timeout)

    @sends(on_unknown="resend")
    def register(
        self, *, key: str, attempt: int, definition: str, name: str, code: str, kind: str
    ) -> Outcome:
        """Tell the engine of a promotion, then of its code."""
        offer = {"id": definition, "name": name}
        told = self._use("offer_definition.register", f"{key}:{STEPS['definition']}", offer)
        if not told.succeeded:
            return told
        wanted = {"code": code, "kind": kind, "offer_definition_id": definition}
        return self._use("promo_code.register", f"{key}:{STEPS['code']}", wanted)

    @sends(on_unknown="resend")
    def issue(self, *, key: str, attempt: int, **offer: Any) -> Outcome:
        """Give an offer to a customer."""
        return self._use("offer.issue", key, offer)

    @sends(on_unknown="resend")
    def claim(self, *, key: str, attempt: int, issued: bool, **offer: Any) -> Outcome:
        """Take an offer for an order; no answer is a no, because the order must go on."""
        tool = "offer.advance_to_claimed" if issued else "offer.claim"
        try:
            return self._use(tool, key, offer)
        except NotSent as trouble:
            return refused("loyalty.unreachable", str(trouble))
        except Unknown as silence:
            return refused("loyalty.no_answer", str(silence))

    @sends(on_unknown="resend")
    def redeem(self, *, key: str, attempt: int, **offer: Any) -> Outcome:
        """Use up what an order claimed."""
        return self._use("offer.redeem", key, offer)

    @sends(on_unknown="resend")
    def revoke(self, *, key: str, attempt: int, **offer: Any) -> Outcome:
        """Take an offer back."""
        return self._use("offer.revoke", key, offer)

    def _use(self, tool: str, key: str, body: dict[str, Any]) -> Outcome:
        import httpx

        engine = settings.BSS.loyalty
        headers = {
            "Authorization": f"Bearer {engine['token']}",
            "Idempotency-Key": key,
            "X-Actor-Id": "bss",
            "X-Actor-Roles": ROLES,
        }
        try:
            answer = self.client.post(
                f"{engine['url']}/v1/tools/{tool}", json=body, headers=headers
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotSent(str(error)) from error
        except httpx.HTTPError as error:
            raise Unknown(str(error)) from error
        return read(answer.status_code, answer.text, answer)


def read(status: int, text: str, answer: Any) -> Outcome:
    """What an answer of the engine means."""
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        detail = answer.json()["detail"]
        return refused(detail["code"], detail.get("detail", ""))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise NotSent(f"The loyalty engine does not know us ({status}).")
    if status >= HTTPStatus.BAD_REQUEST:
        raise Unknown(f"The loyalty engine answered {status}: {text[:200]}")
    return succeeded(reference=str(answer.json().get("id", "")))


register_gateway("loyalty", "http", LoyaltyEngine)
