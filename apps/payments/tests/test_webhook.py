"""What Stripe tells by itself ends where an inline answer would."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from apps.payments.models import Dispute, Payment, ProcessorEvent, Receipt, Refund
from bss.core import clock
from bss.core.models import StoredEvent
from bss.core.operations import run
from bss.core.sweeps import run_sweep

from .conftest import Product
from .factories import make_captured, make_card, open_payment, use

SECRET = "whsec_test"
_ids = count(1)


@pytest.fixture(autouse=True)
def secret(product: Product) -> None:
    product(stripe={"webhook_secret": SECRET})


@pytest.fixture
def undecided(ada: str) -> Payment:
    make_card(ada, "4000-UNKNOWN-1")
    return open_payment(ada, wait=1.0)


def event(kind: str, told: dict[str, Any], event_id: str | None = None) -> bytes:
    body = {"id": event_id or f"evt_{next(_ids)}", "type": kind, "data": {"object": told}}
    return json.dumps(body).encode()


def signed(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    at = int(clock.real().timestamp()) - age
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def post(body: bytes, signature: str | None = None) -> Any:
    headers = {"Stripe-Signature": signed(body) if signature is None else signature}
    return Client().post("/webhooks/stripe", body, "application/json", headers=headers)


def tell(kind: str, drain: Any, **told: Any) -> str:
    """Send an event; what was noted about it."""
    assert post(event(kind, told)).status_code == 200
    drain()
    return ProcessorEvent.objects.latest("id").note


def intent(payment: Payment, **more: Any) -> dict[str, Any]:
    metadata = {"bss_key": f"{payment.key}/1", "bss_payment": payment.public_id}
    return {"id": "pi_1", "object": "payment_intent", "metadata": metadata, **more}


def test_a_late_success_gives_what_was_paid_for(undecided: Payment, drain: Any) -> None:
    tell("payment_intent.succeeded", drain, **intent(undecided))

    undecided.refresh_from_db()
    assert (undecided.state, undecided.reference) == ("captured", "pi_1")
    assert undecided.served_by


def test_a_late_failure_declines(undecided: Payment, drain: Any) -> None:
    error = {"code": "card_declined", "decline_code": "lost_card"}
    tell("payment_intent.payment_failed", drain, **intent(undecided, last_payment_error=error))

    (attempt,) = run("payment.get", payment_id=undecided.public_id)["attempts"]
    assert (attempt["state"], attempt["declineClass"]) == ("declined", "hard")


def test_later_steps_are_told_too(ada: str, card: str, drain: Any) -> None:
    make_card(ada, "4000-UNKNOWN-1")
    payment = open_payment(ada, capture="later")
    tell("payment_intent.amount_capturable_updated", drain, **intent(payment))
    payment.refresh_from_db()
    assert payment.state == "authorised"

    use("payment.void", payment_id=payment.public_id, reason="Changed her mind")
    tell("payment_intent.canceled", drain, **intent(payment))
    payment.refresh_from_db()
    assert payment.state == "voided"


def test_what_is_known_already_changes_nothing(ada: str, card: str, drain: Any) -> None:
    payment = make_captured(ada)
    note = tell("payment_intent.succeeded", drain, **intent(payment))

    assert note.endswith("waits for nothing of it")
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "kind", "drifts"),
    [
        ("4000-FAIL-1", "payment_intent.succeeded", True),
        ("4000-FAIL-1", "payment_intent.payment_failed", False),
        ("4242424242424242", "payment_intent.payment_failed", True),
    ],
)
def test_another_end_than_ours_is_shown_to_people(
    ada: str, drain: Any, number: str, kind: str, drifts: bool
) -> None:
    make_card(ada, number)
    payment = open_payment(ada, wait=1.0)
    tell(kind, drain, **intent(payment))

    payment.refresh_from_db()
    assert payment.state == ("declined" if "FAIL" in number else "captured")
    told = StoredEvent.objects.filter(name="payment.attempt_state_drift")
    assert told.exists() == drifts


def test_an_older_attempt_is_over(undecided: Payment, drain: Any) -> None:
    metadata = {"bss_key": f"{undecided.key}/9", "bss_payment": undecided.public_id}
    note = tell("payment_intent.succeeded", drain, id="pi_0", metadata=metadata)

    assert note == "about an attempt that is over"
    undecided.refresh_from_db()
    assert undecided.state == "unknown"


def test_a_repeated_message_counts_once(undecided: Payment, drain: Any) -> None:
    body = event("payment_intent.succeeded", intent(undecided), "evt_same")

    assert post(body).json() == {"received": True, "deduped": False}
    assert post(body).json() == {"received": True, "deduped": True}
    assert ProcessorEvent.objects.count() == 1


def test_a_refund_made_elsewhere_is_written_down(ada: str, card: str, drain: Any) -> None:
    payment = make_captured(ada, served_by="SUB-000001")
    reference = Payment.objects.get().reference
    charge = {"id": "ch_1", "payment_intent": reference, "amount_refunded": 300}
    tell("charge.refunded", drain, **charge)
    note = tell("charge.refunded", drain, **charge)

    payment.refresh_from_db()
    assert (payment.refunded, payment.refunding) == (300, 0)
    assert note.endswith("every refund of it is known")
    refund = Refund.objects.get()
    assert (refund.state, refund.reference, refund.took_back) == ("succeeded", "ch_1", "nothing")


@pytest.mark.parametrize(("status", "state"), [("succeeded", "succeeded"), ("failed", "refused")])
def test_our_own_refund_is_decided(
    ada: str, card: str, drain: Any, status: str, state: str
) -> None:
    payment = make_captured(ada)
    use("payment.refund_unserved", payment_id=payment.public_id, reason="Line is gone")
    metadata = {"bss_key": f"{payment.key}/1/refund/1"}
    tell("refund.updated", drain, id="re_1", amount=1000, status=status, metadata=metadata)

    assert Refund.objects.get().state == state


@pytest.mark.parametrize(
    ("status", "state"), [("won", "won"), ("lost", "lost"), ("warning_closed", "won")]
)
def test_a_dispute_opens_and_ends(ada: str, card: str, drain: Any, status: str, state: str) -> None:
    make_captured(ada, served_by="SUB-000001")
    reference = Payment.objects.get().reference
    told = {"id": "dp_1", "payment_intent": reference, "amount": 1000, "reason": "fraudulent"}
    tell("charge.dispute.created", drain, status="needs_response", **told)
    assert Payment.objects.get().refundable == 0
    tell("charge.dispute.closed", drain, status=status, **told)
    tell("charge.dispute.closed", drain, status=status, **told)

    assert Dispute.objects.get().state == state


def test_a_message_that_is_too_early_waits(ada: str, card: str, drain: Any) -> None:
    tell("charge.dispute.created", drain, id="dp_1", payment_intent="pi_9", amount=1000)
    waiting = ProcessorEvent.objects.get()
    assert (waiting.state, waiting.note) == ("waiting", "no payment of ours")

    make_captured(ada, served_by="SUB-000001")
    Payment.objects.update(reference="pi_9")
    assert run_sweep("processor messages") == 0
    ProcessorEvent.objects.update(run_at=clock.real() - timedelta(seconds=1))
    assert run_sweep("processor messages") == 1
    assert Dispute.objects.get().reference == "dp_1"


def test_a_message_nobody_understands_is_given_up(committed: None, drain: Any) -> None:
    tell("charge.dispute.closed", drain, id="dp_1", status="won")
    ProcessorEvent.objects.update(attempts=11, run_at=clock.real() - timedelta(seconds=1))
    run_sweep("processor messages")

    assert ProcessorEvent.objects.get().state == "ignored"
    assert tell("customer.created", drain, id="cus_1") == "does not concern us"


def test_nothing_is_kept_that_identifies_a_person(undecided: Payment, drain: Any) -> None:
    told = intent(undecided, receipt_email="ada@mail.test", shipping={"name": "Ada Tan"})
    tell("payment_intent.succeeded", drain, **told)

    kept = json.dumps(ProcessorEvent.objects.get().facts)
    assert "Ada" not in kept
    assert "ada@" not in kept


@pytest.mark.parametrize(("signature", "why"), [("", "missing_header"), ("x", "malformed_header")])
def test_a_stranger_is_refused(committed: None, signature: str, why: str) -> None:
    refused = post(b"{}", signature)

    assert (refused.status_code, refused.json()["reason"]) == (401, why)
    assert not ProcessorEvent.objects.exists()


@pytest.mark.parametrize(
    ("how", "why"),
    [({"age": 600}, "replay_window"), ({"secret": "whsec_other"}, "signature_mismatch")],
)
def test_an_imitator_is_refused(committed: None, how: dict[str, Any], why: str) -> None:
    refused = post(b"{}", signed(b"{}", **how))

    assert (refused.status_code, refused.json()["reason"]) == (401, why)


def test_without_a_secret_everybody_is_a_stranger(committed: None, product: Product) -> None:
    product(stripe={"webhook_secret": ""})

    assert post(b"{}").json()["reason"] == "webhook_secret_unset"


@pytest.mark.parametrize("body", [b"{}", b"not json", b'{"id": 1, "type": "x", "data": 3}'])
def test_what_is_no_event_is_refused(committed: None, body: bytes) -> None:
    assert post(body).status_code == 400


def test_only_posts_are_taken(committed: None) -> None:
    assert Client().get("/webhooks/stripe").status_code == 405


def test_a_bill_can_be_fetched(ada: str, card: str) -> None:
    make_captured(ada)
    token = run("client.create", name="books", scopes=["receipt.*"])["token"]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    root = "/tmf-api/customerBillManagement/v4/customerBill"

    (bill,) = client.get(f"{root}?billingAccount.id={ada}").json()
    assert client.get(f"{root}/{bill['id']}").json()["amountDue"]["value"] == 0.0
    document = client.get(f"{root}/{bill['id']}/document")
    assert document["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    assert client.get(f"{root}/RCPT-000099").status_code == 404
