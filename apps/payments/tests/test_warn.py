"""Cards that are about to expire."""

from __future__ import annotations

from typing import Any

import pytest

from apps.payments.models import PaymentMethod
from apps.payments.tasks import cards_to_warn_of
from bss.core.models import StoredEvent
from bss.core.operations import run
from bss.core.sweeps import run_sweep

from .factories import make_card, use

SWEEP = "expiring cards"


def test_its_owner_is_told_once(ada: str, frozen_clock: Any, drain: Any) -> None:
    frozen_clock.freeze("2026-02-27T12:00:00+00:00")
    card = make_card(ada, exp_month=4, exp_year=2026)
    assert cards_to_warn_of(10) == []
    frozen_clock.freeze("2026-03-03T12:00:00+00:00")

    assert (run_sweep(SWEEP), run_sweep(SWEEP)) == (1, 0)
    use("payment_method.warn", payment_method_id=card)
    event = StoredEvent.objects.get(name="payment_method.expiring")
    assert (event.about, event.payload["exp_month"], event.payload["exp_year"]) == (ada, 4, 2026)
    drain()
    letters = run("notification.list", customer_id=ada)
    (mail,) = [letter for letter in letters if letter["template"] == "card_expiring"]
    assert "04/2026" in mail["body"]


@pytest.mark.parametrize(("month", "year", "due"), [(3, 2026, 1), (4, 2026, 0), (1, 2027, 0)])
def test_a_month_ahead(ada: str, frozen_clock: Any, month: int, year: int, due: int) -> None:
    frozen_clock.freeze("2026-02-20T12:00:00+00:00")
    make_card(ada, exp_month=month, exp_year=year)

    assert len(cards_to_warn_of(10)) == due


def test_nobody_is_told_of_a_removed_card(ada: str, frozen_clock: Any) -> None:
    card = make_card(ada, exp_month=3, exp_year=2026)
    run("payment.remove_method", method_id=card)

    assert cards_to_warn_of(10) == []
    use("payment_method.warn", payment_method_id=card)
    assert PaymentMethod.objects.get().warned_at is None
