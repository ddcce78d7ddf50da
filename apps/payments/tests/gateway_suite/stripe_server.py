"""A small local server that speaks the part of Stripe's protocol that we use."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from bss.core.tests import outside

Form = dict[str, str]
Reply = tuple[int, dict[str, Any]]
CARD = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2040, "country": "SG"}


class Books:
    """What this Stripe remembers: objects, and one reply for every idempotency key."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.numbers = count(1)
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.methods: dict[str, str] = {}
        self.replies: dict[str, tuple[str, Form, Reply]] = {}
        # Tokens whose next answer is lost on its way back, or is a broken server's.
        self.mute: set[str] = set()
        self.broken: set[str] = set()

    def once(self, key: str, path: str, form: Form, act: Callable[[], Reply]) -> Reply:
        """Stripe's idempotency: the same key and parameters get the same reply."""
        with self.lock:
            if not key:
                return act()
            if key in self.replies:
                known_path, known_form, reply = self.replies[key]
                same = (known_path, known_form) == (path, form)
                return reply if same else failure(400, "idempotency_error", "idempotency_error")
            reply = act()
            self.replies[key] = (path, form, reply)
            return reply

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self.numbers):06d}"


def failure(status: int, kind: str, code: str, **more: Any) -> Reply:
    """Stripe's error body."""
    return status, {"error": {"type": kind, "code": code, "message": f"Test: {code}.", **more}}


def listed(rows: list[dict[str, Any]]) -> Reply:
    """Stripe's list, newest first."""
    return 200, {"object": "list", "url": "/v1", "has_more": False, "data": rows[::-1]}


def create_intent(books: Books, form: Form) -> Reply:
    intent = {
        "id": books.new_id("pi"),
        "object": "payment_intent",
        "amount": int(form["amount"]),
        "currency": form["currency"],
        "customer": form.get("customer"),
        "metadata": {"bss_key": form["metadata[bss_key]"]},
        "status": "requires_capture" if form["capture_method"] == "manual" else "succeeded",
        "last_payment_error": None,
        "token": form["payment_method"],
        "refunded": 0,
    }
    books.intents[intent["id"]] = intent
    return decide(intent, form["payment_method"])


def decide(intent: dict[str, Any], token: str) -> Reply:
    if "Declined" in token:
        return turned_down(intent, "card_declined", decline_code="insufficient_funds")
    if "authenticationRequired" in token:
        return turned_down(intent, "authentication_required")
    if "Processing" in token:
        intent["status"] = "processing"
    return 200, intent


def turned_down(intent: dict[str, Any], code: str, **more: str) -> Reply:
    intent["status"] = "requires_payment_method"
    intent["last_payment_error"] = {"code": code, "message": f"Test: {code}.", **more}
    return failure(402, "card_error", code, payment_intent=dict(intent), **more)


def end_intent(books: Books, id: str, ending: str) -> Reply:
    intent = books.intents.get(id)
    if intent is None:
        return failure(404, "invalid_request_error", "resource_missing")
    if intent["status"] != "requires_capture":
        return failure(400, "invalid_request_error", "payment_intent_unexpected_state")
    if ending == "capture" and "NoCapture" in intent["token"]:
        return failure(400, "invalid_request_error", "charge_expired_for_capture")
    intent["status"] = "succeeded" if ending == "capture" else "canceled"
    return 200, intent


def create_refund(books: Books, form: Form) -> Reply:
    intent = books.intents[form["payment_intent"]]
    amount = int(form["amount"])
    if intent["refunded"] + amount > intent["amount"]:
        return failure(400, "invalid_request_error", "charge_already_refunded")
    failed = "NoRefund" in intent["token"]
    refund = {
        "id": books.new_id("re"),
        "object": "refund",
        "amount": amount,
        "payment_intent": intent["id"],
        "metadata": {"bss_key": form["metadata[bss_key]"]},
        "status": "failed" if failed else "succeeded",
        "failure_reason": "lost_or_stolen_card" if failed else None,
    }
    intent["refunded"] += 0 if failed else amount
    books.refunds[refund["id"]] = refund
    return 200, refund


def attach(books: Books, id: str, form: Form) -> Reply:
    if "Declined" in id:
        return failure(402, "card_error", "card_declined", decline_code="generic_decline")
    books.methods[id] = form["customer"]
    return 200, {"id": id, "object": "payment_method", "customer": form["customer"], "card": CARD}


def post(books: Books, path: str, form: Form) -> Reply:
    """What a POST does."""
    if path == "/v1/payment_intents":
        return create_intent(books, form)
    if path == "/v1/refunds":
        return create_refund(books, form)
    if path == "/v1/customers":
        return 200, {"id": books.new_id("cus"), "object": "customer"}
    if found := re.fullmatch(r"/v1/payment_intents/(\w+)/(capture|cancel)", path):
        return end_intent(books, *found.groups())
    if found := re.fullmatch(r"/v1/payment_methods/(\w+)/attach", path):
        return attach(books, found[1], form)
    return failure(404, "invalid_request_error", "resource_missing")


def get(books: Books, path: str, asked: Form) -> Reply:
    """What a GET shows."""
    if path == "/v1/payment_intents":
        mine = asked.get("customer")
        return listed([one for one in books.intents.values() if mine in (None, one["customer"])])
    if path == "/v1/refunds":
        of = asked["payment_intent"]
        return listed([one for one in books.refunds.values() if one["payment_intent"] == of])
    intent = books.intents.get(path.rpartition("/")[2])
    return (200, intent) if intent else failure(404, "invalid_request_error", "resource_missing")


class Handler(outside.JsonHandler):
    """HTTP around the books."""

    books: Books

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        form = dict(parse_qsl(self.rfile.read(length).decode()))
        path, key = urlsplit(self.path).path, self.headers.get("Idempotency-Key", "")
        reply = self.books.once(key, path, form, lambda: post(self.books, path, form))
        self._answer(reply, self._token(path, form))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self.books.lock:
            reply = get(self.books, parts.path, asked)
        self._answer(reply, "")

    def _token(self, path: str, form: Form) -> str:
        found = re.fullmatch(r"/v1/payment_intents/(\w+)/\w+", path)
        intent = self.books.intents.get(found[1] if found else form.get("payment_intent", ""))
        return intent["token"] if intent else form.get("payment_method", "")

    def _answer(self, reply: Reply, token: str) -> None:
        if token in self.books.mute:
            self.books.mute.discard(token)
            self.close_connection = True
            return
        if token in self.books.broken:
            self.books.broken.discard(token)
            reply = failure(500, "api_error", "")
        status, body = reply
        self.reply(status, body)


@contextmanager
def serving() -> Iterator[tuple[str, Books]]:
    """A fresh Stripe on a free port: its address and its books."""
    books = Books()
    with outside.serving(Handler, books=books) as address:
        yield address, books
