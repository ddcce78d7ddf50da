"""Whose system it is: what papers bear from the next one on."""

from __future__ import annotations

import pytest

from bss.core.errors import InvalidArguments, PolicyViolation
from bss.core.models import OperatorProfile, PastProfile, StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_a_change_is_written_down() -> None:
    told = run("operator.update", tax_id=" M2-1 ", address="1 High Street\nSingapore 012345")

    assert run("operator.get") == told
    assert (told["taxId"], told["country"]) == ("M2-1", "SG")
    event = StoredEvent.objects.get(name="operator.updated")
    assert event.before == {"address": "", "tax_id": ""}
    assert event.after["tax_id"] == "M2-1"


def test_papers_keep_what_they_bore(frozen_clock) -> None:
    for number in ("M2-1", "M2-2", "M2-3"):
        run("operator.update", tax_id=number)
        frozen_clock.advance("1d")
    now = PastProfile.objects.order_by("until").values_list("until", flat=True)
    first, second, third = now

    assert OperatorProfile.as_of(first).tax_id == "M2-1"
    assert OperatorProfile.as_of(second).tax_id == "M2-2"
    assert OperatorProfile.as_of(third).tax_id == "M2-3"


def test_what_is_the_same_is_no_change() -> None:
    run("operator.update", country="SG")

    assert not StoredEvent.objects.filter(name="operator.updated").exists()
    assert not PastProfile.objects.exists()


def test_nothing_is_no_change() -> None:
    with pytest.raises(PolicyViolation, match="legal_name, tax_id"):
        run("operator.update")


@pytest.mark.parametrize(
    "wrong",
    [
        {"legal_name": ""},
        {"legal_name": "Two\nlines"},
        {"tax_id": "1" * 41},
        {"country": "Singapore"},
        {"country": "sg"},
        {"address": "x" * 401},
    ],
)
def test_nonsense_is_refused(wrong) -> None:
    with pytest.raises(InvalidArguments):
        run("operator.update", **wrong)


def test_a_tax_number_can_be_given_up() -> None:
    run("operator.update", tax_id="M2-1")
    assert run("operator.update", tax_id="")["taxId"] is None
