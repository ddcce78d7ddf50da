"""Numbers and eSIMs, and what the network was asked to do for each line."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from .lives import Life
from .money import msisdn
from .world import Row, Table, Value, World

SMDP = "smdp.bss-cli.local"
SERVICE_STATES = {"active": "activated", "blocked": "suspended", "terminated": "terminated"}


def tables(world: World, lives: Sequence[Life], spare: int) -> list[Table]:
    """The pools, with some to spare, and the services of the lines."""
    numbers = 1 + max((life.number for life in lives), default=-1)
    orders = sum(len(orders_of(life)) for life in lives)
    services = sum(1 + len(life.plan.rfs) for life in lives)
    tasks = sum(len(life.plan.tasks[action]) for life in lives for action, _ in orders_of(life))
    return [
        Table(
            "provisioning_number",
            "id, state, state_reason, state_changed_at, msisdn, owner, reserved_at, held_for",
            numbers + spare,
            pool_of_numbers(world, lives, numbers, spare),
        ),
        Table(
            "provisioning_esimprofile",
            "id, state, state_reason, state_changed_at, iccid, imsi, ki_ref, smdp_server,"
            " matching_id, owner, msisdn, reserved_at, downloaded_at",
            len(lives) + spare,
            pool_of_profiles(world, lives, spare),
        ),
        Table(
            "provisioning_service",
            "id, state, state_reason, state_changed_at, kind, spec_id, parent_id, owner,"
            " characteristics, created_at, activated_at, terminated_at",
            services,
            services_of(world, lives),
        ),
        Table(
            "provisioning_serviceorder",
            "id, state, state_reason, state_changed_at, owner, order_id, action, cfs_id,"
            " characteristics, created_at, started_at, completed_at",
            orders,
            service_orders(world, lives),
        ),
        Table(
            "provisioning_provisioningtask",
            "id, state, state_reason, state_changed_at, service_order_id, service_id, task_type,"
            " attempts, max_attempts, last_error, started_at, completed_at",
            tasks,
            tasks_of(world, lives),
        ),
    ]


def line_id(world: World, life: Life) -> str:
    """The public id of a line."""
    return f"SUB-{world.first['subscription_subscription'] + life.index:06}"


def iccid(world: World, index: int) -> str:
    """The profile of that place among the new ones."""
    return f"8910102{world.first_profile + index:012}"


def imsi(world: World, index: int) -> str:
    """The subscriber identity on it."""
    return f"52502{world.first_profile + index:010}"


def holders(lives: Sequence[Life]) -> dict[int, Life]:
    """Who has each new number now; those who joined last have those of who left."""
    return {life.number: life for life in lives if not life.ended}


def pool_of_numbers(world: World, lives: Sequence[Life], count: int, spare: int) -> Iterator[Row]:
    keys, had = world.ids("provisioning_number"), holders(lives)
    start = world.moments.at(0)
    for number in range(count + spare):
        text = str(world.first_msisdn + number)
        life = had.get(number)
        if life is None:
            yield (next(keys), "available", "", start, text, "", None, "")
        else:
            at = world.moments.at(life.begun)
            yield (next(keys), "assigned", "", at, text, line_id(world, life), at, "")


def pool_of_profiles(world: World, lives: Sequence[Life], spare: int) -> Iterator[Row]:
    keys = world.ids("provisioning_esimprofile")
    for life in lives:
        at = world.moments.at(life.begun)
        own: tuple[Value, ...] = (line_id(world, life), msisdn(world, life), at, at)
        state, changed = "enabled", at
        if life.ended:
            state, changed, own = "deleted", world.moments.at(life.ended), ("", "", None, at)
        yield (next(keys), state, "", changed, *profile(world, life.index), *own)
    start = world.moments.at(0)
    for index in range(len(lives), len(lives) + spare):
        free = ("available", "", start, *profile(world, index), "", "", None, None)
        yield (next(keys), *free)


def profile(world: World, index: int) -> tuple[str, ...]:
    """What a profile is, whoever has it."""
    number = iccid(world, index)
    code = secrets.token_hex(8).upper()
    return number, imsi(world, index), f"hsm://ref/{number}", SMDP, code


def told(world: World, life: Life) -> str:
    """What the network was told about a line."""
    return (
        f'{{"imsi": "{imsi(world, life.index)}", "iccid": "{iccid(world, life.index)}",'
        f' "msisdn": "{msisdn(world, life)}", "offering_id": "{life.plan.id}",'
        f' "customer_id": "CUST-{world.first["crm_customer"] + life.index:06}"}}'
    )


def services_of(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    keys = world.ids("provisioning_service")
    for life in lives:
        owner, state = line_id(world, life), SERVICE_STATES[life.state]
        begun = world.moments.at(life.begun)
        ended = world.moments.at(life.ended) if life.ended else None
        changed = world.moments.at(life.ended or life.blocked_at or life.begun)
        root, plan = next(keys), life.plan
        moved = (state, "", changed)
        yield (root, *moved, "CFS", plan.cfs, None, owner, told(world, life), begun, begun, ended)
        for spec in plan.rfs:
            yield (next(keys), *moved, "RFS", spec, root, owner, "{}", begun, begun, ended)


def orders_of(life: Life) -> list[tuple[str, int]]:
    """What the network was asked for a line, and when."""
    asked = [("activate", life.begun), ("block", life.blocked_at), ("terminate", life.ended)]
    return [(action, at) for action, at in asked if at and action in life.plan.tasks]


def roots(world: World, lives: Sequence[Life]) -> Iterator[tuple[Life, int]]:
    """Each line and the key of its customer-facing service."""
    root = world.first["provisioning_service"]
    for life in lives:
        yield life, root
        root += 1 + len(life.plan.rfs)


def service_orders(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    keys, product = world.ids("provisioning_serviceorder"), world.first["ordering_productorder"]
    for life, root in roots(world, lives):
        for action, second in orders_of(life):
            at = world.moments.at(second)
            order = f"ORD-{product + life.index:06}" if action == "activate" else ""
            about = (line_id(world, life), order, action, root, told(world, life))
            yield (next(keys), "completed", "", at, *about, at, at, at)


def tasks_of(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    keys, orders = (
        world.ids("provisioning_provisioningtask"),
        world.ids("provisioning_serviceorder"),
    )
    for life, root in roots(world, lives):
        for action, second in orders_of(life):
            order, at = next(orders), world.moments.at(second)
            for task in life.plan.tasks[action]:
                yield (next(keys), "completed", "", at, order, root, task, 1, 3, "", at, at)


def next_in_pools(cursor: Any) -> tuple[int, int]:
    """The first number and profile that no earlier population has."""
    cursor.execute(
        "SELECT (SELECT coalesce(max(msisdn)::bigint + 1, 80000000) FROM provisioning_number"
        " WHERE msisdn BETWEEN '80000000' AND '89999999' AND length(msisdn) = 8),"
        " (SELECT coalesce(max(substr(iccid, 8))::bigint + 1, 0) FROM provisioning_esimprofile"
        " WHERE iccid LIKE '8910102%')"
    )
    number, place = cursor.fetchone()
    return int(number), int(place)
