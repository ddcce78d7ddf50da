"""The kernel alone survives a death at any commit and any send."""

from __future__ import annotations

import pytest

from bss.core.models import Call, Delivery, Request, StoredEvent
from bss.core.operations import invoke
from bss.core.simulated import ledger
from bss.core.tests import toy
from tests.crash.harness import live, recover, short_leases

pytestmark = pytest.mark.django_db(transaction=True)


def fill() -> None:
    invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k")


@pytest.fixture(autouse=True)
def _honest_bank(monkeypatch):
    """A bank that remembers outside of this process what it was sent."""
    books = ledger("toybank")
    books.clear()
    pay = toy.Bank.pay

    def remembered(self, *, key, attempt, amount):
        books.count(key)
        return pay(self, key=key, attempt=attempt, amount=amount)

    monkeypatch.setattr(toy.Bank, "pay", remembered)
    remembered.sending = pay.sending
    for log in (toy.heard, toy.sent, toy.moods):
        log.clear()


def test_it_survives_every_point() -> None:
    with short_leases():
        points = live(fill)
        assert points is not None
        assert points >= 6
        for n in range(1, points + 1):
            Call.objects.all().delete()
            Delivery.objects.all().delete()
            Request.objects.all().delete()
            seen = StoredEvent.objects.count()
            assert live(fill, die_at=n) is None
            recover()
            fill()
            recover()
            assert StoredEvent.objects.count() == seen + 1, f"died at {n}"
            assert Request.objects.get().state == "done", f"died at {n}"
            assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
