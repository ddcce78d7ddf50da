"""The card of a customer: everything somebody who picks up the phone wants to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text
from rich.tree import Tree

from apps.cockpit.rules.words import card_words, full_name

from . import frames
from .frames import Sight
from .line import line_table

Data = Mapping[str, Any]
INTERACTIONS = 8


def customer_card(
    customer: Data, sight: Sight, methods: list[Data] | None = None
) -> RenderableType:
    """Who it is, their lines, cases, cards and what happened lately."""
    extras = customer.get("_extras") or {}
    return frames.card(
        f"{full_name(customer)}  {customer['id']}".strip(),
        frames.pairs(facts(customer, sight)),
        *lines(extras.get("subscriptions"), sight),
        *cards(methods),
        *cases(extras.get("cases")),
        *interactions(extras.get("interactions"), sight),
        state=frames.badge(customer.get("status")),
    )


def facts(customer: Data, sight: Sight) -> Iterator[tuple[str, RenderableType]]:
    """Identity, contacts, since when."""
    verified = customer.get("kycStatus") == "verified"
    words = str(customer.get("kycStatus") or "unknown").replace("_", " ")
    yield (
        "Identity",
        Text(f"{'✓' if verified else '✗'} {words}", style="green" if verified else "yellow"),
    )
    for medium in customer.get("contactMedium") or []:
        if not medium.get("validTo"):
            yield medium_name(medium), Text(str(medium.get("value")))
    yield "Since", sight.day(customer.get("customerSince"))


def medium_name(medium: Data) -> str:
    """`E-mail`, `Mobile`, …"""
    kind = str(medium.get("mediumType"))
    return {"email": "E-mail"}.get(kind, kind.capitalize())


def lines(subscriptions: list[Data] | None, sight: Sight) -> Iterator[RenderableType]:
    """The customer's lines."""
    if subscriptions is None:
        return
    yield frames.heading("Lines")
    yield line_table(subscriptions, sight) if subscriptions else Text("none", style=frames.QUIET)


def cards(methods: list[Data] | None) -> Iterator[RenderableType]:
    """Cards on file."""
    if methods:
        yield frames.heading("Cards")
        for method in methods:
            yield Text("  " + card_words(method))


def cases(found: list[Data] | None) -> Iterator[RenderableType]:
    """Open cases with their tickets, and how many are closed."""
    if not found:
        return
    still_open = [
        one for one in found if one.get("state") not in ("resolved", "closed", "cancelled")
    ]
    yield frames.heading("Cases")
    for case in still_open:
        tree = Tree(Text(f"{case['id']} {case.get('subject')} [{case.get('state')}]"))
        for ticket in case.get("ticket_ids") or []:
            tree.add(str(ticket))
        yield tree
    if len(found) > len(still_open):
        yield Text(f"{len(found) - len(still_open)} resolved or closed", style=frames.QUIET)


def interactions(found: list[Data] | None, sight: Sight) -> Iterator[RenderableType]:
    """What happened lately."""
    if not found:
        return
    yield frames.heading("Lately")
    table = frames.rows("when", "through", "what")
    for one in found[:INTERACTIONS]:
        table.add_row(
            sight.minute(one.get("occurredAt")), str(one.get("channel")), str(one.get("summary"))
        )
    yield table


def customer_table(customers: list[Data], sight: Sight) -> RenderableType:
    """Customers, one a row."""
    table = frames.rows("customer", "name", "state", "identity", "e-mail", "since")
    for customer in customers:
        table.add_row(
            Text(str(customer["id"]), style=frames.ACCENT),
            full_name(customer) or "–",
            frames.state_text(customer.get("status")),
            frames.state_text(customer.get("kycStatus")),
            contact(customer, "email"),
            sight.day(customer.get("customerSince")),
        )
    return table


def contact(customer: Data, kind: str) -> str:
    """The first valid contact of a kind."""
    media = customer.get("contactMedium") or []
    found = (
        one["value"] for one in media if one.get("mediumType") == kind and not one.get("validTo")
    )
    return str(next(found, "–"))
