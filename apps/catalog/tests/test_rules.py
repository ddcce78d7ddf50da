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


amounts = st.integers(0, 1_000_000)
discounts = st.builds(
    rules.Discount,
    st.just("PROMO"),
    st.just("CODE"),
    st.sampled_from(["percent", "absolute"]),
    st.integers(1, rules.WHOLE),
    st.just(1),
)


@given(discounts, amounts)
def test_a_discount_takes_no_more_than_there_is(discount, amount):
    assert 0 <= discount.off(amount) <= amount


@given(amounts)
def test_a_hundred_per_cent_is_all_of_it(amount):
    assert rules.Discount("PROMO", "", "percent", rules.WHOLE, 1).off(amount) == amount


def test_what_is_left_is_rounded_half_up():
    discount = rules.Discount("PROMO", "CODE", "percent", 1250, 1)

    assert (discount.off(2500), discount.off(4)) == (312, 0)
    assert discount.words == "Discount CODE 12.5 %"
    assert rules.Discount("PROMO", "", "absolute", 500, 1).words == "Discount PROMO"


@given(ends, ends, ends, ends)
def test_windows_overlap_where_both_hold(opens, closes, begins, over):
    one, other = Price("A", 1, opens, closes), Price("B", 1, begins, over)
    days = [START + timedelta(days=day) for day in range(-1, 22)]
    if any(rules.holds(one, day) and rules.holds(other, day) for day in days):
        assert rules.overlaps(one, other)
    assert rules.overlaps(one, other) == rules.overlaps(other, one)
