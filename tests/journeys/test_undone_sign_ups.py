"""Sign-ups that come to nothing give everything back."""

from __future__ import annotations

from typing import Any

import pytest

from apps.crm.models import Notification
from apps.ordering.tests import factories
from apps.ordering.tests.factories import create, fault, line_of, nothing_is_kept, payment_of, state
from apps.provisioning.gateways import subscribers
from apps.provisioning.models import Number, ProvisioningTask
from bss.core.operations import run
from bss.core.simulated import ledger


def reserved_at_the_bank() -> list[str]:
    """What the bank has taken or still keeps for us."""
    books = ledger("cards").all()
    freed = {key for key, entry in books.items() if entry.get("how") == "voided"}
    return [
        key
        for key in books
        if key.startswith("token:") and key.replace("token:", "end:") not in freed
    ]


def test_a_declined_card(settled: Any) -> None:
    order = create(factories.make_buyer(factories.DECLINING))
    settled()
    assert (state(order), payment_of(order).state) == ("failed", "declined")
    assert nothing_is_kept(order)
    assert subscribers() == {}
    assert Notification.objects.exclude(template="welcome").get().template == "order_failed"


def test_a_wished_number_returns_to_its_hold(settled: Any) -> None:
    customer = factories.make_buyer(factories.DECLINING)
    run("inventory.msisdn.hold", msisdn="90000007", customer_id=customer)
    create(customer, msisdn_preference="90000007")
    settled()
    number = Number.objects.get(msisdn="90000007")
    assert (number.state, number.owner) == ("reserved", customer)


@pytest.mark.parametrize("task", ["HLR_PROVISION", "ESIM_PROFILE_PREPARE"])
def test_a_task_that_fails_for_good(ada: str, settled: Any, task: str) -> None:
    fault(task, "fail_always")
    order = create(ada)
    settled()
    assert (state(order), payment_of(order).state) == ("failed", "voided")
    assert nothing_is_kept(order)
    assert not any(known["provisioned"] for known in subscribers().values())
    assert reserved_at_the_bank() == []


def test_a_task_that_fails_once(ada: str, settled: Any) -> None:
    fault("HLR_PROVISION", "fail_first_attempt")
    order = create(ada)
    settled()
    assert state(order) == "completed"


def test_a_stuck_task_that_a_person_resolves(ada: str, settled: Any) -> None:
    fault("HLR_PROVISION", "stuck")
    order = create(ada)
    settled()
    assert (state(order), payment_of(order).state) == ("in_progress", "authorised")

    fault("HLR_PROVISION", "stuck", enabled=False)
    task = ProvisioningTask.objects.get(state="stuck")
    run("provisioning.resolve_stuck", task_id=task.public_id, note="Restarted the HLR")
    settled()
    assert (state(order), line_of(order).state) == ("completed", "active")


@pytest.mark.parametrize(("card", "end"), [
    (factories.LOST_ANSWER, "completed"),
    (factories.NOT_CAPTURING, "failed"),
])  # fmt: skip
def test_cards_that_answer_late_or_change_their_mind(settled: Any, card: str, end: str) -> None:
    order = create(factories.make_buyer(card))
    settled()
    assert state(order) == end
