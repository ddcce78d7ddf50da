"""Previews tell what would happen; proposals do exactly that, or nothing."""

from __future__ import annotations

import pytest

from bss.core import context, registry
from bss.core.context import Context
from bss.core.errors import (
    BssError,
    Conflict,
    PermissionDenied,
    PolicyViolation,
    UnknownOperation,
)
from bss.core.models import Call, Proposal, StoredEvent
from bss.core.operations import invoke
from bss.core.previews import preview
from bss.core.proposals import confirm, propose
from bss.core.tests import toy

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _clean() -> None:
    for log in (toy.heard, toy.sent, toy.moods):
        log.clear()


def test_a_preview_tells_money_and_leaves_nothing() -> None:
    seen = preview("jar.fill", {"jar": "J-1", "amount": 5})

    assert seen.money == [{"amount": 5}]
    assert seen.refusal is None
    assert toy.sent == []
    assert ("heard", "J-1", 5, "test") in toy.heard
    assert not Call.objects.exists()
    assert not StoredEvent.objects.exists()


def test_a_preview_shows_the_refusal() -> None:
    seen = preview("jar.fill", {"jar": "J-1", "amount": 500})

    assert seen.refusal is not None
    assert seen.refusal.code == "jar.fill.too_much"


def test_a_proposal_of_a_refused_operation_is_refused() -> None:
    with pytest.raises(BssError, match="at most 100"):
        propose("jar.fill", {"jar": "J-1", "amount": 500})


def test_a_confirmed_proposal_runs_once() -> None:
    proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5})

    first, again = confirm(proposal.public_id), confirm(proposal.public_id)

    assert first.state == "done"
    assert again.repeated
    assert toy.sent == ["J-1/5"]


def test_only_the_requester_confirms() -> None:
    proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5})

    with context.acting(Context(actor="max")), pytest.raises(PermissionDenied):
        confirm(proposal.public_id)


def test_a_second_person_is_somebody_else() -> None:
    proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5}, second_person=True)

    with pytest.raises(PermissionDenied):
        confirm(proposal.public_id)
    with context.acting(Context(actor="max")):
        assert confirm(proposal.public_id).state == "done"


def test_what_takes_two_cannot_be_done_alone(monkeypatch) -> None:
    monkeypatch.setattr(registry.find("jar.fill"), "second_person", True)

    with pytest.raises(PermissionDenied, match="takes two"):
        invoke("jar.fill", {"jar": "J-1", "amount": 5})
    proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5})
    with pytest.raises(PermissionDenied):
        confirm(proposal.public_id)
    with context.acting(Context(actor="max")):
        assert confirm(proposal.public_id).state == "done"


def test_an_expired_proposal_is_dead() -> None:
    proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5})
    Proposal.objects.update(expires_at=proposal.created_at)

    with pytest.raises(PolicyViolation, match="expired"):
        confirm(proposal.public_id)


def test_a_changed_price_is_refused_with_both_values(monkeypatch) -> None:
    proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5})
    monkeypatch.setattr(toy, "price", [2])

    with pytest.raises(Conflict) as refusal:
        confirm(proposal.public_id)

    assert refusal.value.context["agreed"]["calls"][0]["amount"] == 5
    assert refusal.value.context["now"]["calls"][0]["amount"] == 10
    assert toy.sent == []
    assert Proposal.objects.get().used_at is None


def test_a_changed_fact_is_refused(monkeypatch) -> None:
    proposal, _ = propose("jar.note", {"jar": "J-1", "text": "hello"})
    monkeypatch.setattr(toy, "price", [7])

    with pytest.raises(Conflict) as refusal:
        confirm(proposal.public_id)

    told = [refusal.value.context[when]["events"][0] for when in ("agreed", "now")]
    assert [(one["name"], one["amount"]) for one in told] == [("jar.filled", 0), ("jar.filled", 6)]
    assert not StoredEvent.objects.exists()


def test_what_is_made_up_as_it_runs_is_not_agreed(monkeypatch) -> None:
    monkeypatch.setattr(toy.JarFilled, "agreed", frozenset({"jar"}))
    proposal, _ = propose("jar.note", {"jar": "J-1"})

    assert proposal.agreed["events"] == [
        {"name": "jar.filled", "about": "TOY-000001", "amount": 0, "jar": "J-1"}
    ]


def test_a_proposal_that_was_touched_is_dead() -> None:
    proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5})
    Proposal.objects.update(args={"jar": "J-1", "amount": 50})

    with pytest.raises(Conflict, match="not what was shown"):
        confirm(proposal.public_id)


def test_the_second_person_is_not_the_first_through_another_door() -> None:
    with context.acting(Context(actor="olga", channel="cli")):
        proposal, _ = propose("jar.fill", {"jar": "J-1", "amount": 5}, second_person=True)

    other_door = Context(actor="llm", on_behalf_of="olga", service_identity="cockpit")
    with context.acting(other_door), pytest.raises(PermissionDenied):
        confirm(proposal.public_id)


@pytest.mark.parametrize("door", [preview, propose])
def test_internal_operations_have_no_door_here_either(door) -> None:
    with pytest.raises(UnknownOperation):
        door("jar.settle", {"jar": "J-1", "amount": 1, "outcome": None})
