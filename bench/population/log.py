"""The log of events and the histories of states, each in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from .lives import Episode, Life
from .money import PURPOSES, Charge
from .network import line_id
from .story import Fact, Teller
from .world import Row, Table, World

ACTORS = {"renewed": "system:renewal_worker", "declined": "system:renewal_worker"}
# How many events each kind of episode has besides those of the network.
FACTS = {"joined": 9, "renewed": 2, "topped_up": 2, "declined": 3, "blocked": 2, "ended": 1}
ACTIONS = {"joined": "activate", "declined": "block", "blocked": "block", "ended": "terminate"}
# And how many changes of state.
MOVES = {"joined": 6, "renewed": 1, "topped_up": 1, "declined": 2, "blocked": 1, "ended": 1}

# What the handler that keeps the customers' logs would have written.
_LOGS = """
INSERT INTO crm_interaction (customer_id, channel, direction, summary, related_case_id,
    related_ticket_id, occurred_at, event_id)
SELECT substr(about, 6)::bigint, channel, 'inbound', summary, '', '', at, id FROM core_event
WHERE id >= %s AND about LIKE 'CUST-%%' ORDER BY id
"""


def tables(
    world: World, lives: Sequence[Life], episodes: Sequence[Episode], charges: Sequence[Charge]
) -> list[Table]:
    """Everything that was published, and every change of state that people look at."""
    return [
        Table(
            "core_event",
            "id, name, aggregate, version, about, summary, payload, actor, on_behalf_of, channel,"
            " service_identity, trace_id, at, recorded_at",
            sum(facts_in(lives[episode.life], episode) for episode in episodes),
            stored(world, lives, episodes, charges),
        ),
        Table(
            "core_statehistory",
            "id, aggregate, trigger, was, became, reason, actor, at",
            sum(MOVES[episode.what] for episode in episodes),
            moves(world, lives, episodes, charges),
        ),
    ]


def facts_in(life: Life, episode: Episode) -> int:
    """How many events an episode has."""
    served = ACTIONS.get(episode.what) in life.plan.tasks
    return FACTS[episode.what] + 2 * served


def stored(
    world: World, lives: Sequence[Life], episodes: Sequence[Episode], charges: Sequence[Charge]
) -> Iterator[Row]:
    keys, teller = world.ids("core_event"), Teller(world, lives, charges)
    for number, episode in enumerate(episodes):
        life = lives[episode.life]
        customer, at = teller.customer(life), world.moments.at(episode.at)
        who = ACTORS.get(episode.what, customer)
        channel = "system" if episode.what in ACTORS else "portal-self-serve"
        by = (who, "", channel, "default", f"{world.first['core_event']:016x}{number:016x}", at, at)
        for fact in teller.facts_of(episode):
            about = fact_about(fact, customer, teller.line(life))
            yield (next(keys), *fact[:3], about, fact.summary, fact.payload, *by)


def fact_about(fact: Fact, customer: str, line: str) -> str:
    """Whom an event is about."""
    return line if fact.name.startswith("service_order") else customer


def moves(
    world: World, lives: Sequence[Life], episodes: Sequence[Episode], charges: Sequence[Charge]
) -> Iterator[Row]:
    keys = world.ids("core_statehistory")
    paid = {(charge.episode.life, charge.episode.at): charge for charge in charges}
    for episode in episodes:
        life, at = lives[episode.life], world.moments.at(episode.at)
        customer = f"CUST-{world.first['crm_customer'] + life.index:06}"
        who, charge = ACTORS.get(episode.what, customer), paid.get((episode.life, episode.at))
        payment = f"PAY-{charge.key:06}" if charge else ""
        for move in moves_of(world, life, episode, customer, payment):
            yield (next(keys), *move, who, at)


def moves_of(
    world: World, life: Life, episode: Episode, customer: str, payment: str
) -> list[tuple[str, str, str, str, str]]:
    """The changes of state in an episode: aggregate, trigger, from, to, reason."""
    line, what = line_id(world, life), episode.what
    order = f"ORD-{world.first['ordering_productorder'] + life.index:06}"
    if what == "joined":
        return [
            (customer, "activate", "pending", "active", ""),
            (order, "submit", "acknowledged", "in_progress", ""),
            (payment, "authorise", "requested", "authorised", ""),
            (line, "activate", "pending", "active", ""),
            (payment, "capture", "authorised", "captured", ""),
            (order, "complete", "in_progress", "completed", ""),
        ]
    found = []
    if what in PURPOSES:
        end = ("decline", "declined") if what == "declined" else ("capture", "captured")
        found.append((payment, end[0], "requested", end[1], ""))
    if what in ("declined", "blocked"):
        found.append((line, "block", "active", "blocked", life.blocked))
    if what == "ended":
        found.append((line, "terminate", "active", "terminated", "requested"))
    return found


def keep_logs(world: World) -> int:
    """Write the lines of the customers' logs; how many those are."""
    with connection.cursor() as cursor:
        cursor.execute(_LOGS, [world.first["core_event"]])
        return int(cursor.rowcount)
