"""Orders, lines, and what each line was given period by period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apps.subscription import rules

from .lives import Life, Stretch
from .money import Charge, facts, msisdn
from .network import iccid, line_id
from .world import DAY, Row, Table, World

CLOSED_AFTER = 240


def tables(world: World, lives: Sequence[Life], charges: Sequence[Charge]) -> list[Table]:
    """The lines with their orders, buckets, grants, renewals and top-ups."""
    count = len(lives)
    renewals = [charge for charge in charges if charge.what in ("renewed", "declined")]
    top_ups = [charge for charge in charges if charge.what == "topped_up"]
    buckets = sum(len(life.plan.allowances) for life in lives)
    return [
        Table(
            "subscription_subscription",
            "id, state, state_reason, state_changed_at, customer_id, offering_id, price_id, amount,"
            " currency, period_length, period_type, order_id, msisdn, iccid, activated_at,"
            " terminated_at, anchor_at, period_start, period_end, renewal_due_at, reminded_for,"
            " created_at",
            count,
            lines(world, lives),
        ),
        Table(
            "subscription_numberassignment",
            "id, msisdn, subscription_id, valid",
            count,
            holdings(world, lives),
        ),
        Table(
            "subscription_bucket",
            "id, subscription_id, kind, used, overshoot, overshoot_before, level",
            buckets,
            buckets_of(world, lives),
        ),
        Table(
            "subscription_grant",
            "id, source, subscription_id, kind, total, used, expired, transferred, revoked,"
            " valid_from, expires_at, closed_at",
            sum(granted(life) * len(life.stretches) for life in lives) + len(top_ups),
            grants(world, lives, top_ups),
        ),
        Table(
            "subscription_renewal",
            "id, subscription_id, period_start, period_end, offering_id, price_id, amount, key,"
            " state, opened_at, settled_at",
            len(renewals),
            renewals_of(world, renewals),
        ),
        Table(
            "subscription_topup",
            "id, subscription_id, offering_id, name, kind, quantity, lasts_hours, amount, state,"
            " bought_at, expires_at",
            len(top_ups),
            top_ups_of(world, top_ups),
        ),
        *orders(world, charges, count),
    ]


def lines(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    at = world.moments.at
    for key, life in enumerate(lives, world.first["subscription_subscription"]):
        plan, current = life.plan, life.current
        due = current.end + (plan.period if life.unpaid else 0)
        soon = not life.blocked and not life.ended and current.end - world.moments.now < 2 * DAY
        reason = "requested" if life.ended else life.blocked
        changed = at(life.ended or life.blocked_at or life.begun)
        order = f"ORD-{world.first['ordering_productorder'] + life.index:06}"
        begun = at(life.begun)
        yield (
            *(key, life.state, reason, changed, world.first["crm_customer"] + life.index),
            *(plan.id, plan.price_id, plan.amount, world.currency, plan.period // DAY, "day"),
            *(order, msisdn(world, life), iccid(world, life.index), begun),
            *(at(life.ended) if life.ended else None, begun, at(current.start), at(current.end)),
            *(at(due), at(current.end) if soon else None, begun),
        )


def holdings(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    line = world.first["subscription_subscription"]
    for key, life in enumerate(lives, world.first["subscription_numberassignment"]):
        end = world.moments.at(life.ended) if life.ended else ""
        valid = f"[{world.moments.at(life.begun)},{end})"
        yield (key, msisdn(world, life), line + life.index, valid)


def buckets_of(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    keys, line = world.ids("subscription_bucket"), world.first["subscription_subscription"]
    for life in lives:
        for kind in life.plan.allowances:
            used = sum(stretch.used(kind) for stretch in life.stretches)
            over = life.current.over if kind == "data" else 0
            level = level_of(world, life, kind)
            yield (next(keys), line + life.index, kind, used, over, 0, level)


def level_of(world: World, life: Life, kind: str) -> int:
    """The threshold that the use of a kind has reached in the period that holds now."""
    current, total = life.current, life.plan.allowances[kind]
    if life.ended or current.end <= world.moments.now:
        return rules.level(0, 0)
    if total != rules.UNLIMITED and kind == world.extra.kind and current.topped_up:
        total += world.extra.quantity
    return rules.level(total, current.covered(kind))


def granted(life: Life) -> int:
    """How many kinds a period of a line gives anything of."""
    return sum(bool(total) for total in life.plan.allowances.values())


def grants(world: World, lives: Sequence[Life], top_ups: Sequence[Charge]) -> Iterator[Row]:
    keys = world.ids("subscription_grant")
    for life in lives:
        line = line_id(world, life)
        for stretch in life.stretches:
            begins = world.moments.naive(stretch.start)
            for kind, total in life.plan.allowances.items():
                if total:
                    source = f"period/{line}/{begins}/{kind}"
                    used = stretch.covered(kind)
                    yield grant(world, life, stretch, (next(keys), source, kind, total, used))
    for charge in top_ups:
        life = charge.life
        stretch = life.stretches[charge.episode.stretch]
        source = f"topup/TOP-{charge.top_up:06}"
        about = (next(keys), source, world.extra.kind, world.extra.quantity, 0)
        yield grant(world, life, stretch, about, start=stretch.topped_up)


def grant(
    world: World,
    life: Life,
    stretch: Stretch,
    about: tuple[int, str, str, int, int],
    start: int = 0,
) -> Row:
    """One grant, with what became of it by now."""
    key, source, kind, total, used = about
    at, end, closed = world.moments.at, stretch.end, 0
    expired = revoked = 0
    left = total - used if total != rules.UNLIMITED else 0
    if life.ended and stretch.end > life.ended:
        revoked, closed = left, life.ended
        end = life.ended if total == rules.UNLIMITED else end
    elif stretch.end + CLOSED_AFTER <= world.moments.now:
        expired, closed = left, stretch.end + CLOSED_AFTER
    return (
        *(key, source, world.first["subscription_subscription"] + life.index, kind, total, used),
        *(expired, 0, revoked, at(start or stretch.start), at(end), at(closed) if closed else None),
    )


def renewals_of(world: World, charges: Sequence[Charge]) -> Iterator[Row]:
    line, at = world.first["subscription_subscription"], world.moments.at
    for key, charge in enumerate(charges, world.first["subscription_renewal"]):
        life, plan = charge.life, charge.life.plan
        start = life.begun + charge.episode.stretch * plan.period
        state = "granted" if charge.paid else "declined"
        when = at(charge.episode.at)
        yield (
            *(key, line + life.index, at(start), at(start + plan.period), plan.id, plan.price_id),
            *(plan.amount, facts(world, charge).key, state, when, when),
        )


def top_ups_of(world: World, charges: Sequence[Charge]) -> Iterator[Row]:
    line, extra = world.first["subscription_subscription"], world.extra
    for charge in charges:
        stretch = charge.life.stretches[charge.episode.stretch]
        when, until = world.moments.at(charge.episode.at), world.moments.at(stretch.end)
        yield (
            *(charge.top_up, line + charge.life.index, extra.id, extra.name, extra.kind),
            *(extra.quantity, None, extra.amount, "granted", when, until),
        )


def orders(world: World, charges: Sequence[Charge], count: int) -> list[Table]:
    """The orders that the lines came from; the payments tell them in the same order."""
    joined = [charge for charge in charges if charge.what == "joined"]
    return [
        Table(
            "ordering_productorder",
            "id, state, state_reason, state_changed_at, customer_id, placed_at, expires_at,"
            " completed_at, msisdn_preference, notes, payment_id",
            count,
            product_orders(world, joined),
        ),
        Table(
            "ordering_productorderitem",
            "id, order_id, action, offering_id, price_id, amount, currency, subscription_id",
            count,
            order_items(world, joined),
        ),
    ]


def product_orders(world: World, joined: Sequence[Charge]) -> Iterator[Row]:
    first, customer = world.first["ordering_productorder"], world.first["crm_customer"]
    for charge in joined:
        index, at = charge.life.index, world.moments.at(charge.episode.at)
        until = world.moments.at(charge.episode.at + DAY)
        yield (
            first + index,
            "completed",
            "",
            at,
            customer + index,
            at,
            until,
            at,
            "",
            "",
            charge.key,
        )


def order_items(world: World, joined: Sequence[Charge]) -> Iterator[Row]:
    order, line = world.first["ordering_productorder"], world.first["subscription_subscription"]
    for key, charge in enumerate(joined, world.first["ordering_productorderitem"]):
        index, plan = charge.life.index, charge.life.plan
        sold = (plan.id, plan.price_id, plan.amount, world.currency)
        yield (key, order + index, "add", *sold, line + index)
