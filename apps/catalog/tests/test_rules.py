from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from apps.catalog import rules

START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 20).map(lambda days: START + timedelta(days=days))


@dataclass(frozen=True)
class Price:
    pk: str
    amount: int
    valid_from: datetime | None
    valid_to: datetime | None


@st.composite
def price_lists(draw):
    count = draw(st.integers(0, 6))
    return [Price(f"P{n}", draw(st.integers(0, 3)), draw(ends), draw(ends)) for n in range(count)]


ends = st.none() | moments


@given(price_lists(), moments)
def test_the_price_that_holds_is_inside_its_window_and_nobody_is_cheaper(prices, at):
    found = rules.cheapest(prices, at)
    holding = [price for price in prices if rules.holds(price, at)]

    assert (found is None) == (not holding)
    for price in holding:
        assert (found.amount, found.pk) <= (price.amount, price.pk)


@given(price_lists(), moments, st.randoms())
def test_the_order_of_rows_does_not_matter(prices, at, random):
    shuffled = random.sample(prices, len(prices))

    assert rules.cheapest(prices, at) == rules.cheapest(shuffled, at)


@given(moments, moments, moments)
def test_touching_windows_leave_neither_gap_nor_overlap(opens, between, at):
    before = Price("A", 1, None, between)
    after = Price("B", 1, between, None)

    assert rules.holds(before, at) != rules.holds(after, at)


@given(ends, moments, moments)
def test_cutting_off_ends_a_window_and_never_turns_it_round(opens, cut, at):
    price = Price("A", 1, opens, rules.cut_off(Price("A", 1, opens, None), cut))

    assert opens is None or opens <= price.valid_to
    assert not (rules.holds(price, at) and at >= cut)


@given(ends, ends)
def test_a_window_in_order_has_room(opens, closes):
    if opens and closes:
        assert rules.ends_in_order(opens, closes) == (opens < closes)
    else:
        assert rules.ends_in_order(opens, closes)


def test_a_moment_without_a_zone_means_utc():
    assert rules.utc(datetime(2026, 1, 1)) == START  # noqa: DTZ001
    assert rules.utc(START) is START
    assert rules.utc(None) is None
