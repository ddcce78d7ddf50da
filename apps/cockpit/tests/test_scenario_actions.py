import pytest

from apps.cockpit.scenarios.actions import call
from apps.cockpit.scenarios.variables import StepFailed
from bss.core.errors import PolicyViolation

pytestmark = pytest.mark.usefixtures("committed")


def test_a_scenario_calls_operations_in_either_spelling() -> None:
    made = call("customer.create", {"name": "Ada", "email": "ada@example.com"})

    assert call("customer.get", {"customerId": made["id"]})["id"] == made["id"]


def test_an_unknown_action_fails_with_one_sentence() -> None:
    with pytest.raises(StepFailed, match=r"There is no action case\.opened\."):
        call("case.opened", {})


def test_the_site_is_not_there_yet() -> None:
    with pytest.raises(StepFailed, match="needs the self-serve site"):
        call("portal.mint_test_session", {})


def test_a_refusal_can_be_expected() -> None:
    wanted = {"operation": "customer.create", "args": {"name": "Ada"}}

    assert call("scenario.refusal", wanted)["rule"] == "customer.create.requires_contact_medium"
    with pytest.raises(StepFailed, match="expected to be refused"):
        call("scenario.refusal", {"operation": "clock.now"})


def test_a_request_can_be_repeated() -> None:
    args = {"name": "Ada", "email": "ada@example.com"}

    answers = call(
        "scenario.repeat", {"operation": "customer.create", "key": "k", "args": args, "times": 3}
    )

    assert len({answer["id"] for answer in answers}) == 1


def test_lists_can_be_counted_and_sweeps_run() -> None:
    assert call("scenario.count", {"operation": "customer.list"}) == {"count": 0}
    assert call("scenario.sweep", {"name": "kyc_expiry"}) == {"count": 0}
    with pytest.raises(StepFailed, match="no sweep dust"):
        call("scenario.sweep", {"name": "dust"})


def test_invariants_and_identity_can_be_looked_at() -> None:
    assert call("scenario.invariants", {}) == {"broken": []}
    assert call("scenario.identity", {})["serviceIdentity"] == "default"


def test_a_reset_needs_a_sandbox_and_restores_the_catalog(sandbox, bss) -> None:
    bss("seed")
    call("catalog.retire_offering", {"offering_id": "PLAN_S"})
    call("customer.create", {"name": "Ada", "email": "ada@example.com"})

    call("admin.reset_operational_data", {})

    assert {plan["id"] for plan in call("catalog.list_active_offerings", {})} == {
        "PLAN_S",
        "PLAN_M",
        "PLAN_L",
    }
    assert call("customer.list", {}) == []


def test_a_reset_elsewhere_is_refused() -> None:
    with pytest.raises(PolicyViolation, match="not marked as a sandbox"):
        call("admin.reset_operational_data", {})


def test_a_reset_empties_a_house_that_has_sold_something(sandbox, bss) -> None:
    bss("seed")
    ada = call("customer.create", {"name": "Ada", "email": "ada@example.com"})["id"]
    proof = {"provider": "prebaked", "attestation_token": "proof"}
    call("customer.attest_kyc", {"customer_id": ada, **proof})
    call("payment.add_card", {"customer_id": ada, "card_number": "4242424242424242"})
    sold = call("order.create", {"customer_id": ada, "offering_id": "PLAN_S"})
    assert sold["state"] == "completed"

    call("admin.reset_operational_data", {})

    assert call("order.list", {}) == call("customer.list", {}) == []
    assert call("scenario.invariants", {}) == {"broken": []}
