"""An import dies at any of its commits and is started again: nothing twice, nothing lost."""

from __future__ import annotations

import pytest

from apps.cockpit.terminal.own import parts, subscribers
from apps.crm.models import Customer
from apps.payments.models import PaymentMethod
from apps.subscription.models import ImportedRecord, Subscription
from apps.subscription.tests.subscribers import a_file, subscriber
from bss.core import invariants
from bss.core.models import StoredEvent
from tests.crash.harness import live, recover

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.timeout(120)]
ROWS = 5


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """The import of a file of five subscribers, two a part."""
    monkeypatch.setattr(parts.parts_of, "__defaults__", (2,))
    path = tmp_path / "former.csv"
    path.write_text(a_file(*(subscriber(number) for number in range(1, ROWS + 1))))

    def run() -> None:
        told = subscribers.Told()
        with subscribers.faults_to(None) as out:
            for part in parts.parts_of(path):
                told.add(subscribers.answer_of(part, None), out)
        assert told.errors == []

    return run


@pytest.mark.parametrize("die_at", range(1, 7))
def test_started_again_it_ends_as_if_nothing_had_happened(bring, die_at):
    assert live(bring, die_at) is None
    bring()
    recover()

    for model in (Customer, PaymentMethod, Subscription):
        assert model.objects.count() == ROWS
    assert ImportedRecord.objects.exclude(public_id="").count() == 2 * ROWS
    told = StoredEvent.objects.filter(name="subscription.taken_over")
    assert told.count() == told.values("payload__msisdn").distinct().count() == ROWS
    assert [one.name for one in invariants.check(full=True) if not one.holds] == []
