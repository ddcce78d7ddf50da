"""An external loyalty engine says who may use a promotion; without its answer orders go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings

from apps.catalog.models import Promotion, Redemption
from apps.catalog.tests.factories import code_of, make_promotion, make_targeted
from apps.catalog.tests.loyalty_server import TOKEN, Books, serving
from apps.ordering.tests.factories import (
    DECLINING,
    broken,
    create,
    events,
    make_buyer,
    payment_of,
    place,
    state,
    submit,
)
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def engine(mailbox, monkeypatch) -> Iterator[Books]:
    """An installation with a loyalty engine, and the engine's books."""
    with serving() as (url, books):
        with_engine(monkeypatch, url)
        yield books


def with_engine(monkeypatch, url):
    gateways = {**settings.BSS.gateways, "loyalty": "http"}
    product = replace(settings.BSS, gateways=gateways, loyalty={"url": url, "token": TOKEN})
    monkeypatch.setattr(settings, "BSS", product)


def test_a_code_is_claimed_before_anything_is_charged_and_redeemed_at_the_end(engine, ada, drain):
    promotion = make_promotion()
    order = create(ada, discount_code=code_of(promotion))
    assert engine.offers == {f"OFF-{order}": "claimed"}
    drain()

    assert (state(order), payment_of(order).amount) == ("completed", 900)
    assert engine.offers == {f"OFF-{order}": "redeemed"}
    assert run("promo.show", promotion_id=promotion)["offerDefinitionId"] == f"OD_{promotion}"
    assert broken() == []


def test_a_promotion_the_engine_does_not_want_is_used_by_nobody(engine, ada, refused):
    engine.refusing.add("promo_code.register")
    promotion = make_promotion()

    shown = run("promo.show", promotion_id=promotion)
    assert (shown["state"], shown["offerDefinitionId"]) == ("pending_link", None)
    assert shown["stateReason"].startswith("promo_code.register.refused")
    assert len(events("promotion.link_refused")) == 1
    with refused("catalog.promotion.no_active_promotion"):
        create(ada, discount_code=code_of(promotion))
    run("promo.exhaust", promotion_id=promotion)


@pytest.mark.parametrize("trouble", ["refusing", "mute", "broken", "stranger", "gone"])
def test_without_a_yes_the_order_goes_on_at_the_full_price(
    engine, ada, drain, monkeypatch, trouble
):
    promotion = make_promotion()
    if trouble == "stranger":
        engine.token = "another"  # noqa: S105
    elif trouble == "gone":
        with_engine(monkeypatch, "http://127.0.0.1:9")
    else:
        getattr(engine, trouble).add("offer.claim")
    order = create(ada, discount_code=code_of(promotion))
    drain()

    assert (state(order), payment_of(order).amount) == ("completed", 1000)
    told = events("order.promo_not_applied")[0]
    assert (told["code"], told["promotion_id"]) == (code_of(promotion), promotion)
    assert Redemption.objects.get().state == "released"
    assert Promotion.objects.get(pk=promotion).uses == 0
    assert "claimed" not in engine.offers.values()
    assert broken() == []


def test_a_declined_card_gives_the_offer_back(engine, drain):
    order = create(make_buyer(DECLINING), discount_code=code_of(make_promotion()))
    drain()

    assert state(order) == "failed"
    assert engine.offers == {f"OFF-{order}": "revoked"}
    assert broken() == []


def test_a_chosen_customer_has_an_offer_at_the_engine(engine, ada, drain):
    promotion = make_targeted(ada)
    offer = f"OFF-{ada}-{promotion}"
    assert engine.offers == {offer: "issued"}
    order = create(ada)
    drain()

    assert (payment_of(order).amount, engine.offers) == (900, {offer: "redeemed"})


def test_who_is_chosen_no_more_has_no_offer(engine, ada):
    promotion = make_targeted(ada)
    run("promo.unassign", promotion_id=promotion, customer_ids=[ada])

    assert engine.offers == {f"OFF-{ada}-{promotion}": "revoked"}
    run("promo.assign", promotion_id=promotion, customer_ids=[ada])
    assert engine.offers == {f"OFF-{ada}-{promotion}": "issued"}


def test_an_order_called_off_while_the_engine_thinks(engine, ada, drain):
    order = create(ada, wait=0, discount_code=code_of(make_promotion()))
    run("order.cancel", order_id=order)
    drain()

    assert (state(order), engine.offers) == ("cancelled", {f"OFF-{order}": "revoked"})
    assert Redemption.objects.get().state == "released"
    assert broken() == []


def test_a_placed_order_asks_once_when_it_is_submitted(engine, ada, drain, refused):
    order = place(ada, discount_code=code_of(make_promotion()), msisdn_preference="90000007")
    assert engine.offers == {}
    submit(order, wait=0)
    with refused("order.submit.claim_under_way"):
        submit(order)
    drain()

    assert (state(order), payment_of(order).amount) == ("completed", 900)


def test_what_the_engine_turns_down_afterwards_is_told(engine, ada, drain):
    engine.refusing.add("offer.redeem")
    order = create(ada, discount_code=code_of(make_promotion()))
    drain()

    assert state(order) == "completed"
    assert events("promotion.engine_refused")[0]["what"] == "redeem"
