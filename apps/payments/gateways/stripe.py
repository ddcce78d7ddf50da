"""Stripe: PaymentIntents confirmed off-session, found again by the key in their metadata."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import islice
from typing import Any, NoReturn

from django.conf import settings

from bss.core.calls import NotSent, Outcome, Unknown, refused, succeeded

from .processor import ATTACHING, MONEY, CardProcessor

API = "https://api.stripe.com"
PAGE = 100
SEARCHED = 1000
DONE = {"charge": "succeeded", "authorise": "requires_capture"}


class StripeCards(CardProcessor):
    """Every send carries the call's key as Stripe's idempotency key."""

    @cached_property
    def client(self) -> Any:
        """Imported at the first use: the library is large and most installations pretend."""
        import stripe

        addresses: Any = {"api": settings.BSS.stripe.get("api_base") or API}
        return stripe.StripeClient(
            settings.BSS.stripe["api_key"],
            base_addresses=addresses,
            http_client=self.transport,
            max_network_retries=0,
        )

    @cached_property
    def transport(self) -> Any:
        """The connections to Stripe, kept open between calls."""
        from .transport import Transport

        return Transport(self.timeout)

    @MONEY
    def charge(self, *, key: str, attempt: int, **args: Any) -> Outcome:
        return self._pay(key, "automatic", args)

    @MONEY
    def authorise(self, *, key: str, attempt: int, **args: Any) -> Outcome:
        return self._pay(key, "manual", args)

    @MONEY
    def capture(self, *, key: str, attempt: int, reference: str, **_: Any) -> Outcome:
        options = {"idempotency_key": key}
        return self._end(
            reference, "succeeded", lambda: self._intents.capture(reference, options=options)
        )

    @MONEY
    def void(self, *, key: str, attempt: int, reference: str, **_: Any) -> Outcome:
        options = {"idempotency_key": key}
        return self._end(
            reference, "canceled", lambda: self._intents.cancel(reference, options=options)
        )

    @MONEY
    def refund(self, *, key: str, attempt: int, reference: str, amount: int, **_: Any) -> Outcome:
        params = {"payment_intent": reference, "amount": amount, "metadata": {"bss_key": key}}
        return answered(
            lambda: of_refund(
                self.client.v1.refunds.create(params, options={"idempotency_key": key}).to_dict()
            )
        )

    @ATTACHING
    def save_card(
        self, *, key: str, attempt: int, token: str, payer: str, customer: str, **_: Any
    ) -> Outcome:
        return answered(lambda: self._keep(key, token, payer, customer))

    def look_up(self, *, key: str, method: str, args: dict[str, Any]) -> Outcome | None:
        """What Stripe has under a key; None lets the kernel send again with the same key."""
        import stripe

        try:
            if method in DONE:
                return self._find_intent(key, args)
            if method == "refund":
                return self._find_refund(key, args["reference"])
            return self._find_step(method, args.get("reference", ""))
        except stripe.StripeError as error:
            return no_answer(error)

    @property
    def _intents(self) -> Any:
        return self.client.v1.payment_intents

    def _pay(self, key: str, capture_method: str, args: dict[str, Any]) -> Outcome:
        params = {
            "amount": args["amount"],
            "currency": args["currency"].lower(),
            "payment_method": args["token"],
            "capture_method": capture_method,
            "payment_method_types": ["card"],
            "confirm": True,
            "off_session": True,
            "error_on_requires_action": True,
            "description": args["description"],
            "metadata": {"bss_key": key, "bss_payment": args["payment"]},
        }
        if args.get("payer"):
            params["customer"] = args["payer"]
        return answered(
            lambda: of_intent(
                self._intents.create(params, options={"idempotency_key": key}).to_dict()
            )
        )

    def _end(self, reference: str, wanted: str, send: Callable[[], Any]) -> Outcome:
        outcome = answered(lambda: of_step(send().to_dict(), wanted))
        if outcome.code != "payment_intent_unexpected_state":
            return outcome
        # Somebody was faster, perhaps ourselves under another key.
        return answered(lambda: of_step(self._intents.retrieve(reference).to_dict(), wanted))

    def _keep(self, key: str, token: str, payer: str, customer: str) -> Outcome:
        if not payer:
            params = {"metadata": {"bss_customer": customer}}
            options = {"idempotency_key": f"{key}/payer"}
            payer = self.client.v1.customers.create(params, options=options).id
        options = {"idempotency_key": f"{key}/attach"}
        kept = self.client.v1.payment_methods.attach(token, {"customer": payer}, options=options)
        card = kept.to_dict()["card"]
        seen = {name: card[name] for name in ("brand", "last4", "exp_month", "exp_year")}
        return succeeded(payer=payer, country=card.get("country") or "", **seen)

    def _find_intent(self, key: str, args: dict[str, Any]) -> Outcome | None:
        params: dict[str, Any] = {"limit": PAGE}
        if args.get("payer"):
            params["customer"] = args["payer"]
        intent = keyed(self._intents.list(params), key)
        return None if intent is None else of_intent(intent)

    def _find_refund(self, key: str, reference: str) -> Outcome | None:
        refunds = self.client.v1.refunds.list({"payment_intent": reference, "limit": PAGE})
        refund = keyed(refunds, key)
        return None if refund is None else of_refund(refund)

    def _find_step(self, method: str, reference: str) -> Outcome | None:
        if method == "save_card":
            return None  # attaching twice is harmless
        intent = self._intents.retrieve(reference).to_dict()
        if intent["status"] == "requires_capture":
            return None
        return of_step(intent, "succeeded" if method == "capture" else "canceled")


def keyed(listed: Any, key: str) -> dict[str, Any] | None:
    """The object of a list that we made under a key, unless it is very old."""
    for found in islice(listed.auto_paging_iter(), SEARCHED):
        plain: dict[str, Any] = found.to_dict()
        if (plain.get("metadata") or {}).get("bss_key") == key:
            return plain
    return None


def answered(send: Callable[[], Outcome]) -> Outcome:
    """What Stripe said, its errors included; raises when it said nothing certain."""
    import stripe

    try:
        return send()
    except stripe.StripeError as error:
        return of_error(error)


def of_intent(intent: dict[str, Any]) -> Outcome:
    """The outcome a new or found PaymentIntent stands for."""
    status, reference = intent["status"], intent["id"]
    if status in DONE.values():
        return succeeded(reference=reference)
    if status == "processing":
        raise Unknown(f"{reference} is processing")
    error = intent.get("last_payment_error") or {}
    if status == "requires_action":
        error = {"code": "authentication_required"}
    return of_card_error(error, reference, status)


def of_card_error(error: dict[str, Any], reference: str, otherwise: str) -> Outcome:
    """The bank's no; with 3-D Secure only the cardholder, present, can turn it into a yes."""
    code = error.get("decline_code") or error.get("code") or otherwise
    reason = error.get("message") or "The bank refused."
    if error.get("code") == "authentication_required":
        action = {"type": "form", "reference": reference}
        return refused(error["code"], reason, reference=reference, next_action=action)
    return refused(code, reason, reference=reference)


def of_step(intent: dict[str, Any], wanted: str) -> Outcome:
    """Whether a PaymentIntent ended as a capture or cancellation wanted it."""
    status, reference = intent["status"], intent["id"]
    if status == wanted:
        return succeeded(reference=reference)
    if status == "processing":
        raise Unknown(f"{reference} is processing")
    return refused("unexpected_state", f"It is already {status}.", reference=reference)


def of_refund(refund: dict[str, Any]) -> Outcome:
    """A refund that Stripe accepted counts, though the bank may take days."""
    status, reference = refund["status"], refund["id"]
    if status in ("succeeded", "pending"):
        return succeeded(reference=reference, amount=refund["amount"])
    return refused("refund_failed", refund.get("failure_reason") or status, reference=reference)


def of_error(error: Exception) -> Outcome:
    """A refusal for good, or the exception that says what is not known."""
    import stripe

    if isinstance(error, stripe.CardError):
        body: Any = error.json_body or {}
        told = body.get("error", {})
        intent = told.get("payment_intent") or {}
        return of_card_error(told, intent.get("id", ""), "card_declined")
    if isinstance(error, stripe.InvalidRequestError) and error.http_status != 409:
        return refused(error.code or "invalid_request", error.user_message or str(error))
    return no_answer(error)


def no_answer(error: Exception) -> NoReturn:
    """Say what an error without an answer means: surely not sent, or nobody knows."""
    import httpx
    import stripe

    certain = (stripe.AuthenticationError, stripe.PermissionError, stripe.RateLimitError)
    if isinstance(error, certain) or isinstance(error.__cause__, httpx.ConnectError):
        raise NotSent(str(error)) from error
    # A key used with other parameters is our own bug and must not look like a lost answer.
    if isinstance(error, stripe.IdempotencyError):
        raise error
    raise Unknown(str(error)) from error
