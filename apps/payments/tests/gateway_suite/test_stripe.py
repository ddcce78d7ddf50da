"""What is Stripe's alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bss.core.calls import NotSent, Unknown

from . import processors
from .processors import Processor


@pytest.fixture
def processor(outside: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processor]:
    with processors.stripe(monkeypatch) as found:
        yield found


def test_refused_connection_was_surely_not_sent(
    outside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with processors.serving() as (gone, _):
        pass
    with processors.stripe_at(monkeypatch, gone) as cards, pytest.raises(NotSent):
        cards.charge(key="topup/1/1", attempt=1, **processors.mock().args("pm_card_visa"))


def test_a_broken_server_may_have_done_it(processor: Processor) -> None:
    assert processor.books is not None
    processor.books.broken.add(processor.good)

    with pytest.raises(Unknown):
        processor.pay(processor.good, "topup/1/1")
    assert processor.pay(processor.good, "topup/1/1").succeeded
    assert processor.captures() == 1


def test_a_key_used_for_something_else_is_a_bug(processor: Processor) -> None:
    import stripe

    processor.pay(processor.good, "topup/1/1", amount=1000)

    with pytest.raises(stripe.IdempotencyError):
        processor.pay(processor.good, "topup/1/1", amount=2000)


def test_amounts_are_minor_units_of_a_lower_case_currency(processor: Processor) -> None:
    assert processor.books is not None
    processor.pay(processor.good, "topup/1/1", amount=1234)

    (intent,) = processor.books.intents.values()
    assert (intent["amount"], intent["currency"]) == (1234, "sgd")


def test_attaching_is_looked_up_by_doing_it_again(processor: Processor) -> None:
    assert processor.cards.look_up(key="method/1", method="save_card", args={}) is None
