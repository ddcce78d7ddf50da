"""Arguments that are picked from a list rather than typed, by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apps.catalog import queries as catalog
from apps.catalog.models import Promotion
from apps.cockpit.rules.words import card_words, money
from apps.crm.models import Agent, CaseState, Priority, Team, TicketState
from apps.payments import queries as payments
from bss.core import clock
from bss.core.registry import ROLES

Choices = Iterable[tuple[str, str]]


def plans(given: Mapping[str, str]) -> Choices:
    """Plans on sale, with what they cost."""
    for one in catalog.active_offerings(clock.now()):
        cost = one["productOfferingPrice"][0]["price"]["taxIncludedAmount"]
        yield one["id"], f"{one['name']} · {money(cost['value'], cost['unit'])}"


def top_ups(given: Mapping[str, str]) -> Choices:
    """Top-ups on sale, with what they cost."""
    for one in catalog.vas_list(clock.now()):
        yield one["id"], f"{one['name']} · {money(one['priceAmount'], one['currency'])}"


def cards(given: Mapping[str, str]) -> Choices:
    """A customer's cards."""
    if customer := given.get("customer_id"):
        for one in payments.methods_of(customer):
            yield one.public_id, card_words(payments.view_of_method(one))


def agents(given: Mapping[str, str]) -> Choices:
    """Colleagues who work."""
    return (
        Agent.objects.filter(status=Agent.Status.ACTIVE).order_by("name").values_list("id", "name")
    )


def teams(given: Mapping[str, str]) -> Choices:
    """Teams."""
    return Team.objects.order_by("name").values_list("id", "name")


def promotions(given: Mapping[str, str]) -> Choices:
    """Promotions that can be given."""
    return Promotion.objects.order_by("name").values_list("id", "name")


def words(*values: Any) -> Callable[[Mapping[str, str]], Choices]:
    """A few fixed words."""
    return lambda given: [(str(one), str(one).replace("_", " ")) for one in values]


PICKED: Mapping[str, Callable[[Mapping[str, str]], Choices]] = {
    "offering_id": plans,
    "new_offering_id": plans,
    "vas_offering_id": top_ups,
    "payment_method_id": cards,
    "agent_id": agents,
    "team_id": teams,
    "promotion_id": promotions,
    "priority": words(*Priority.values),
}
# The same word means different things to different operations.
OF_OPERATION: Mapping[tuple[str, str], Callable[[Mapping[str, str]], Choices]] = {
    ("case.transition", "to_state"): words(*CaseState.values),
    ("ticket.transition", "to_state"): words(*TicketState.values),
    ("staff.create", "role"): words(*ROLES),
}
# Their own argument names the new thing rather than picking one that exists.
NAMING = {"catalog.add_offering", "catalog.add_vas", "promo.create", "team.create", "agents.add"}


def choices_for(operation: str, argument: str, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What an argument may be, if that is a list."""
    own = OF_OPERATION.get((operation, argument))
    shared = None if operation in NAMING and argument.endswith("_id") else PICKED.get(argument)
    pick = own or shared
    return [(str(value), str(label)) for value, label in pick(given)] if pick else []
