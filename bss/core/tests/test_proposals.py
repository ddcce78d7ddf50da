"""Proposals are seen by those they concern, and taken back before anybody confirms them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bss.core import clock, context
from bss.core.context import Context
from bss.core.errors import NotFound, PolicyViolation
from bss.core.models import Proposal, StoredEvent
from bss.core.operations import run
from bss.core.proposals import confirm, propose

pytestmark = pytest.mark.usefixtures("committed")

READER = frozenset({"proposal.list", "proposal.get", "proposal.cancel"})
OLGA = Context(actor="olga", permissions=READER | {"jar.fill"})
MAX = Context(actor="max", permissions=READER | {"jar.fill"})
CLEO = Context(actor="cleo", permissions=READER)


def proposed(by: Context = OLGA, **how: bool) -> str:
    with context.acting(by):
        return propose("jar.fill", {"jar": "J-1", "amount": 5}, **how)[0].public_id


def listed(by: Context, **how: bool) -> list[str]:
    with context.acting(by):
        return [one["id"] for one in run("proposal.list", **how)]


def test_it_is_seen_by_who_asked_and_by_who_may_do_it() -> None:
    proposal = proposed()

    assert listed(OLGA) == listed(MAX) == [proposal]
    assert listed(CLEO) == []
    with context.acting(CLEO), pytest.raises(NotFound):
        run("proposal.get", proposal_id=proposal)
    with context.acting(CLEO), pytest.raises(NotFound):
        run("proposal.cancel", proposal_id=proposal)


def test_it_tells_what_was_shown() -> None:
    proposal = proposed(second_person=True)
    with context.acting(MAX):
        told = run("proposal.get", proposal_id=proposal)

    assert (told["state"], told["requester"], told["confirmer"]) == (
        "open",
        "olga",
        "somebody else",
    )
    assert told["args"] == {"jar": "J-1", "amount": 5}
    assert told["shown"]["money"] == [{"amount": 5}]


def test_a_cancelled_one_is_dead() -> None:
    proposal = proposed()
    with context.acting(MAX):
        told = run("proposal.cancel", proposal_id=proposal, reason="Wrong jar")
    assert (told["state"], told["cancelledBy"]) == ("cancelled", "max")
    assert StoredEvent.objects.get(name="proposal.cancelled").payload["reason"] == "Wrong jar"

    with context.acting(OLGA), pytest.raises(PolicyViolation) as refusal:
        confirm(proposal)
    assert refusal.value.rule == "proposal.confirm.cancelled"
    assert listed(OLGA) == []
    assert listed(OLGA, everything=True) == [proposal]


@pytest.mark.parametrize("state", ["confirmed", "cancelled", "expired"])
def test_what_is_over_cannot_be_cancelled(state: str) -> None:
    proposal = proposed()
    if state == "confirmed":
        with context.acting(OLGA):
            confirm(proposal)
    if state == "cancelled":
        run("proposal.cancel", proposal_id=proposal)
    if state == "expired":
        Proposal.objects.update(expires_at=clock.real())

    with pytest.raises(PolicyViolation, match=f"is {state}"):
        run("proposal.cancel", proposal_id=proposal)
    assert listed(OLGA) == []


def test_who_must_be_found_first_has_a_day() -> None:
    proposed(), proposed(second_person=True)
    alone, by_two = Proposal.objects.order_by("id")

    assert alone.expires_at < clock.real() + timedelta(minutes=16)
    assert by_two.expires_at > clock.real() + timedelta(hours=23)


def test_a_list_costs_the_same_however_long(django_assert_max_num_queries) -> None:
    for _ in range(5):
        proposed()
    with django_assert_max_num_queries(1):
        assert len(listed(OLGA)) == 5
