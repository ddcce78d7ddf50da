from __future__ import annotations

import pytest
from django.core.checks import Error, run_checks

from apps.payments.models import Purpose
from apps.payments.operations import settle_manual, settler_of, settlers, settles


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A registry of settlers for one test."""
    registered = dict.fromkeys(Purpose.values, settle_manual)
    monkeypatch.setattr(settlers, "_settlers", registered)
    return registered  # type: ignore[return-value]


def test_a_purpose_is_settled_by_an_operation() -> None:
    assert settler_of("manual") == "payment.settle_manual"


def test_start_up_fails_when_a_settler_is_missing(known: dict[str, object]) -> None:
    assert settlers.missing_settlers() == []
    del known["topup"]
    (fault,) = settlers.missing_settlers()

    assert isinstance(fault, Error)
    assert "topup" in fault.msg
    with pytest.raises(RuntimeError, match="topup"):
        settler_of("topup")


def test_this_house_has_them_all() -> None:
    assert [fault for fault in run_checks() if fault.id == "payments.E001"] == []


def test_a_purpose_has_one_settler(known: dict[str, object]) -> None:
    with pytest.raises(RuntimeError, match="two settlers"):
        settles("manual")(settle_manual)


def test_only_known_purposes_are_settled(known: dict[str, object]) -> None:
    with pytest.raises(RuntimeError, match="no purpose"):
        settles("lottery")(settle_manual)
