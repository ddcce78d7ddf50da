"""Cards that only another processor knows: retired, and their owners asked for new ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.payments.models import PaymentMethod
from bss.core.errors import InvalidArguments
from bss.core.models import StoredEvent
from bss.core.operations import run

from .factories import make_card


def strange(card: str) -> str:
    """A card from the days of another processor."""
    PaymentMethod.objects.filter(pk=PaymentMethod.objects.get_by_id(card).pk).update(
        provider="another"
    )
    return card


def states() -> dict[str, tuple[str, bool]]:
    return {one.public_id: (one.state, one.is_default) for one in PaymentMethod.objects.all()}


def test_their_owners_are_asked_for_others(ada: str, card: str, drain: Callable[[], None]) -> None:
    strange(card)
    done = run("payment.cut_over")

    assert done == {"processor": "mock", "retired": [card], "left": 0}
    assert states()[card] == ("expired", False)
    event = StoredEvent.objects.get(name="payment_method.cutover_invalidated")
    assert (event.about, event.payload["processor"]) == (ada, "another")
    drain()
    letters = run("notification.list", customer_id=ada)
    assert "card_cut_over" in [one["template"] for one in letters]
    told = [one["summary"] for one in run("interaction.list", customer_id=ada)]
    assert any("mock does not know it" in one for one in told)


def test_another_card_pays_then_if_the_processor_knows_it(ada: str, card: str) -> None:
    known, also_strange = make_card(ada), make_card(ada)
    strange(card), strange(also_strange)
    run("payment.cut_over")

    assert states() == {
        card: ("expired", False),
        known: ("active", True),
        also_strange: ("expired", False),
    }


def test_a_second_time_there_is_nothing_left(ada: str, card: str) -> None:
    assert run("payment.cut_over")["retired"] == []
    strange(card)
    run("payment.cut_over")
    assert run("payment.cut_over")["retired"] == []
    assert StoredEvent.objects.filter(name="payment_method.cutover_invalidated").count() == 1


def test_so_many_at_a_time(ada: str, card: str, cleo: str) -> None:
    strange(card), strange(make_card(cleo))

    assert run("payment.cut_over", limit=1) == {"processor": "mock", "retired": [card], "left": 1}
    with pytest.raises(InvalidArguments):
        run("payment.cut_over", limit=0)
