import pytest

from apps.cockpit.scenarios.expectations import OPERATORS, failures
from apps.cockpit.scenarios.variables import StepFailed

LINE = {
    "state": "active",
    "priceAmount": "20.00",
    "pendingOfferingId": None,
    "balances": [
        {"allowanceType": "data", "remaining": 5120},
        {"allowanceType": "voice", "remaining": -1},
    ],
    "customer_id": "CUST-1",
    "nested": {"deep": {"value": 3}},
    "none": None,
}
MET = [
    {"state": "active"},
    {"balances.data.remaining": 5120.0},
    {"balances.1.remaining": -1},
    {"nested.deep.value": 3},
    {"pendingOfferingId": None},
    {"pending_offering_id": None},
    {"customerId": "CUST-1"},
    {"state": {"eq": "active", "ne": "blocked", "in": ["active"], "not_in": ["blocked"]}},
    {"balances.data.remaining": {"gt": 5119, "gte": 5120, "lt": 5121, "lte": 5120}},
    {"state": {"starts_with": "act", "contains": "tiv"}},
    {"nested": {"contains": "deep"}},
    {"pendingOfferingId": {"not_null": False}, "state": {"not_null": True}},
    {"balances": {"any_match": {"allowanceType": "voice", "remaining": {"lt": 0}}}},
    {},
]
UNMET = [
    ({"state": "blocked"}, "state is 'active', expected 'blocked'"),
    ({"priceAmount": 20}, "expected 20"),
    ({"missing": None}, "missing is not there"),
    ({"none.deeper": None}, "none.deeper is not there"),
    ({"balances.sms.remaining": 1}, "is not there"),
    ({"balances.7.remaining": 1}, "is not there"),
    ({"state.deeper": 1}, "is not there"),
    ({"state": {"eq": "x"}}, "expected = 'x'"),
    ({"state": {"ne": "active"}}, "≠"),
    ({"state": {"in": ["x"]}}, "one of"),
    ({"state": {"not_in": ["active"]}}, "none of"),
    ({"balances.data.remaining": {"gt": 5120}}, ">"),
    ({"balances.data.remaining": {"gte": 5121}}, "≥"),
    ({"balances.data.remaining": {"lt": 5120}}, "<"),
    ({"balances.data.remaining": {"lte": 5119}}, "≤"),
    ({"none": {"gt": 0}}, "is None"),
    ({"none": {"lte": 0}}, "is None"),
    ({"state": {"gt": 1}}, ">"),
    ({"none": {"starts_with": "a"}}, "starting with"),
    ({"none": {"contains": "a"}}, "containing"),
    ({"state": {"starts_with": "x"}}, "starting with"),
    ({"state": {"contains": "x"}}, "containing"),
    ({"none": {"not_null": True}}, "not null"),
    ({"state": {"any_match": {"a": 1}}}, "needs a list"),
    ({"any_match": {"state": "active"}}, "needs a list"),
    ({"balances": {"any_match": {"remaining": 1}}}, "none of 2 elements"),
]


@pytest.mark.parametrize("expect", MET)
def test_what_holds_gives_no_failure(expect) -> None:
    assert list(failures(expect, LINE)) == []


@pytest.mark.parametrize(("expect", "said"), UNMET)
def test_what_does_not_hold_is_told(expect, said) -> None:
    [line] = list(failures(expect, LINE))

    assert said in line


def test_every_operator_is_met_and_unmet_above() -> None:
    for cases in (MET, [expect for expect, _ in UNMET]):
        used = {
            name
            for case in cases
            for part in case.values()
            if isinstance(part, dict)
            for name in part
        }
        assert set(OPERATORS) <= used


EVENTS = [
    {"eventType": "usage.recorded", "payload": {"reason": None}},
    {"eventType": "usage.rejected", "payload": {"reason": "no_roaming"}},
]


def test_any_match_wants_one_element_that_meets_all() -> None:
    both = {"eventType": "usage.rejected", "payload.reason": {"starts_with": "no_"}}
    split = {"eventType": "usage.recorded", "payload.reason": "no_roaming"}

    assert list(failures({"any_match": both}, EVENTS)) == []
    assert list(failures({"any_match": split}, EVENTS)) != []
    assert list(failures({"any_match": both}, [])) != []


def test_an_element_is_found_by_the_first_that_bears_the_name() -> None:
    channels = [{"channel": "cli", "n": 1}, {"name": "cli", "n": 2}, {"id": "x", "n": 3}]

    assert list(failures({"cli.n": 1, "x.n": 3, "2.n": 3}, channels)) == []


@pytest.mark.parametrize(
    "expect", [{"state": {"around": 3}}, {"any_match": ["state"]}, {"balances": {"any_match": 1}}]
)
def test_what_is_no_expectation_fails_the_step(expect) -> None:
    with pytest.raises(StepFailed):
        list(failures(expect, LINE))
