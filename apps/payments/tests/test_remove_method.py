from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.payments import queries
from apps.payments.models import PaymentMethod
from bss.core import context, registry
from bss.core.context import Context
from bss.core.errors import NotFound, PolicyViolation
from bss.core.models import StoredEvent
from bss.core.operations import run

from .conftest import Refused
from .factories import make_card


def remove(method_id: str) -> dict[str, object]:
    removed: dict[str, object] = run("payment.remove_method", method_id=method_id)
    return removed


def test_a_removed_card_is_no_longer_listed(ada: str, card: str) -> None:
    assert remove(card)["status"] == "removed"
    assert run("payment.list_methods", customer_id=ada) == []
    assert StoredEvent.objects.filter(name="payment_method.removed", about=ada).exists()


def test_the_newest_other_card_becomes_the_default(ada: str, card: str) -> None:
    make_card(ada)
    newest = make_card(ada)
    remove(card)

    default = queries.default_method(ada)
    assert default is not None
    assert default.public_id == newest


def test_removing_another_card_keeps_the_default(ada: str, card: str) -> None:
    remove(make_card(ada))

    default = queries.default_method(ada)
    assert default is not None
    assert default.public_id == card


def test_a_card_is_removed_once(card: str, refused: Refused) -> None:
    remove(card)
    with refused("payment_method.remove.already_removed"):
        remove(card)


def test_the_last_card_is_known_to_be_the_last(ada: str, card: str) -> None:
    assert queries.is_last_card(card)
    make_card(ada)
    assert not queries.is_last_card(card)


@pytest.fixture
def guarded() -> Iterator[None]:
    """As an app above would: the last card may not go."""

    def require_another(*, method_id: str, **_: object) -> None:
        if queries.is_last_card(method_id):
            raise PolicyViolation("payment_method.remove.test", "It is the last one.")

    found = registry.find("payment.remove_method")
    registry.check("payment.remove_method")(require_another)
    yield
    found.checks.remove(require_another)


def test_an_upper_app_may_object(ada: str, card: str, guarded: None, refused: Refused) -> None:
    with refused("payment_method.remove.test"):
        remove(card)
    make_card(ada)
    remove(card)

    assert PaymentMethod.objects.get_by_id(card).state == "removed"


def test_a_stranger_removes_nothing(card: str, cleo: str) -> None:
    acting = context.acting(Context(actor=cleo, channel="portal-self-serve", customer_id=cleo))
    with acting, pytest.raises(NotFound):
        remove(card)
