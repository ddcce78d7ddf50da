from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from apps.payments.models import PaymentMethod
from apps.payments.queries import default_method
from bss.core import context
from bss.core.context import Context
from bss.core.errors import NotFound
from bss.core.models import StoredEvent
from bss.core.operations import run

from .conftest import Refused
from .factories import make_card


def test_another_card_pays_from_now_on(ada: str, card: str) -> None:
    second = make_card(ada)
    shown = run("payment.set_default", method_id=second)

    assert shown["isDefault"]
    default = default_method(ada)
    assert default is not None
    assert default.public_id == second
    assert PaymentMethod.objects.filter(is_default=True).count() == 1
    assert StoredEvent.objects.filter(name="payment_method.default_changed").count() == 1


def test_the_default_stays_quietly(ada: str, card: str) -> None:
    run("payment.set_default", method_id=card)

    assert not StoredEvent.objects.filter(name="payment_method.default_changed").exists()


def test_a_removed_card_cannot_pay(ada: str, card: str, refused: Refused) -> None:
    run("payment.remove_method", method_id=card)
    with refused("payment_method.set_default.removed"):
        run("payment.set_default", method_id=card)


def test_the_database_holds_one_default(ada: str, card: str) -> None:
    second = PaymentMethod.objects.get_by_id(make_card(ada))
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentMethod.objects.filter(pk=second.pk).update(is_default=True)


def test_a_stranger_sees_no_such_card(card: str, cleo: str) -> None:
    acting = context.acting(Context(actor=cleo, channel="portal-self-serve", customer_id=cleo))
    with acting, pytest.raises(NotFound):
        run("payment.set_default", method_id=card)
