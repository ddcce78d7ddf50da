"""What takes two, from the first command to the second."""

from __future__ import annotations

import json

import pytest

from apps.subscription.tests.factories import make_line
from bss.core.models import Proposal, User

pytestmark = pytest.mark.usefixtures("committed", "sandbox", "frozen_clock")


@pytest.fixture
def line() -> str:
    for name in ("ann", "bob"):
        User.objects.create_superuser(name, f"{name}@example.com", "secret")
    return make_line()


def propose(bss, line, by="ann") -> str:
    told = bss("subscription", "suspend-by-law", line, "§ 100a StPO", "--as", by, "--json")
    assert told.code == 0, told.err
    return json.loads(told.out)["id"]


def state_of(bss, line) -> str:
    return json.loads(bss("subscription", "show", line, "--json").out)["state"]


def test_one_proposes_and_another_confirms(bss, line) -> None:
    shown = bss("subscription", "suspend-by-law", line, "§ 100a StPO", "--as", "ann")
    proposal = Proposal.objects.get().public_id
    assert f"bss proposals confirm {proposal} --as SOMEBODY_ELSE" in " ".join(shown.out.split())
    assert state_of(bss, line) == "active"

    assert "subscription.suspend_by_law" in bss("proposals", "list", "--as", "bob").out
    assert "is suspended by law" in " ".join(bss("proposals", "show", proposal).out.split())
    confirmed = bss("proposals", "confirm", proposal, "--as", "bob", "--yes")

    assert confirmed.code == 0, confirmed.err
    assert "SUSPENDED" in confirmed.out
    assert state_of(bss, line) == "suspended"
    assert Proposal.objects.get().used_by == "bob"


def test_nobody_confirms_their_own(bss, line) -> None:
    proposal = propose(bss, line)
    alone = bss("proposals", "confirm", proposal, "--as", "ann", "--yes")

    assert (alone.code, "Somebody else must confirm" in alone.err) == (2, True)
    assert state_of(bss, line) == "active"


def test_a_program_that_did_not_say_yes_is_refused(bss, line) -> None:
    proposal = propose(bss, line)

    ended = bss("proposals", "confirm", proposal, "--as", "bob")
    assert (ended.code, "terminal.confirm.required" in ended.err) == (2, True)
    assert bss("proposals", "confirm", "P-999999", "--yes").code == 3


def test_who_may_not_do_it_does_not_find_it(bss, line) -> None:
    proposal = propose(bss, line)

    assert bss("proposals", "confirm", proposal, "--as", "care", "--yes").code == 3
    assert "suspend_by_law" not in bss("proposals", "list", "--as", "care").out


def test_what_was_cancelled_or_done_stays_so(bss, line) -> None:
    first, second = propose(bss, line), propose(bss, line)
    assert bss("proposals", "cancel", first, "--as", "bob").code == 0
    assert (
        "proposal.confirm.cancelled"
        in bss("proposals", "confirm", first, "--as", "bob", "--yes").err
    )

    assert bss("proposals", "confirm", second, "--as", "bob", "--yes").code == 0
    assert bss("proposals", "cancel", second).code == 2
    assert "confirmed" in bss("proposals", "list", "--everything").out
