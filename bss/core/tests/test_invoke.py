"""Invoking: one transaction, its own calls, and answers that can be asked for twice."""

from __future__ import annotations

import pytest

from bss.core import context, work
from bss.core.context import Context
from bss.core.errors import (
    Conflict,
    InvalidArguments,
    PermissionDenied,
    PolicyViolation,
    UnknownOperation,
)
from bss.core.models import Call, Delivery, Request, StoredEvent
from bss.core.operations import invoke, run
from bss.core.tests import toy

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _clean() -> None:
    for log in (toy.heard, toy.sent, toy.moods):
        log.clear()


def test_it_settles_its_own_calls_before_answering() -> None:
    answer = invoke("jar.fill", {"jar": "J-1", "amount": 5})

    assert answer.state == "done"
    assert toy.heard == [("settled", "succeeded")]
    assert Call.objects.get().state == "done"
    assert StoredEvent.objects.get().payload == {"jar": "J-1", "amount": 5}


def test_it_leaves_calls_to_workers_without_waiting() -> None:
    answer = invoke("jar.fill", {"jar": "J-1", "amount": 5}, wait=0)

    assert answer.pending
    call = Call.objects.get()
    assert (call.state, call.attempts, call.token) == ("open", 0, None)
    work.drain("money")
    assert toy.heard == [("settled", "succeeded")]


def test_a_refusal_leaves_nothing() -> None:
    with pytest.raises(PolicyViolation) as refusal:
        invoke("jar.fill", {"jar": "J-1", "amount": 500}, key="k")

    assert refusal.value.rule == "jar.fill.too_much"
    assert "not 500" in refusal.value.message
    assert not Call.objects.exists()
    assert not Request.objects.exists()


def test_the_same_key_is_answered_again_and_sent_once() -> None:
    first = invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k")
    again = invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k")

    assert (first.repeated, again.repeated) == (False, True)
    assert again.invocation_id == first.invocation_id
    assert toy.sent == ["J-1/5"]


def test_the_same_key_with_other_arguments_conflicts() -> None:
    invoke("jar.note", {"jar": "J-1", "text": "a"}, key="k")

    with pytest.raises(Conflict, match="other arguments"):
        invoke("jar.note", {"jar": "J-1", "text": "b"}, key="k")


def test_a_key_of_a_plain_answer_keeps_the_answer() -> None:
    first = invoke("jar.note", {"jar": "J-1", "text": "a"}, key="k")
    again = invoke("jar.note", {"jar": "J-1", "text": "a"}, key="k")

    assert first.result == again.result == {"jar": "J-1", "text": "a"}
    assert StoredEvent.objects.count() == 1


def test_a_key_whose_call_is_open_asks_to_come_back() -> None:
    toy.moods += ["not_sent"]
    invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k")

    with pytest.raises(Conflict) as refusal:
        invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k", wait=0)

    assert refusal.value.retry_after == 1
    work.drain("money", due_only=False)
    assert invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k").state == "done"


def test_internal_operations_have_no_door() -> None:
    with pytest.raises(UnknownOperation):
        invoke("jar.settle", {"jar": "J-1", "amount": 5, "outcome": None})


def test_wrong_arguments_name_the_field() -> None:
    with pytest.raises(InvalidArguments, match="amount"):
        invoke("jar.fill", {"jar": "J-1", "amount": "many"})
    with pytest.raises(InvalidArguments, match="colour"):
        invoke("jar.look", {"jar": "J-1", "colour": "red"})


def test_a_permission_is_needed() -> None:
    with context.acting(Context(actor="max", permissions=frozenset({"effect:read"}))):
        assert run("jar.look", jar="J-1") == {"jar": "J-1"}
        with pytest.raises(PermissionDenied):
            run("jar.note", jar="J-1")


def test_an_operation_may_not_use_a_graver_one() -> None:
    with pytest.raises(RuntimeError, match=r"jar\.fill is charge"):
        invoke("jar.sneak", {"jar": "J-1"})


def test_an_operation_is_not_run_past_the_door() -> None:
    with pytest.raises(RuntimeError, match="invoke"):
        toy.fill(jar="J-1", amount=1)


def test_events_reach_handlers_once_with_their_identity(drain) -> None:
    with context.acting(Context(actor="olga", channel="portal-csr")):
        invoke("jar.note", {"jar": "J-1"})

    drain()
    drain()

    assert ("heard", "J-1", 0, "olga") in toy.heard
    assert len(toy.heard) == 2
    assert Delivery.objects.exclude(state="done").count() == 0


def test_versions_count_within_an_aggregate() -> None:
    for jar in ("J-1", "J-2", "J-1"):
        invoke("jar.note", {"jar": jar})

    versions = StoredEvent.objects.order_by("id").values_list("aggregate", "version")
    assert list(versions) == [("J-1", 1), ("J-2", 1), ("J-1", 2)]
