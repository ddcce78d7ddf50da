"""Which buttons a row gets: those its state allows and its reader may press."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from bss.core import context, registry
from bss.core.context import Context
from bss.core.registry import Operation

from .screen import Row, Verb, reached


@dataclass(frozen=True)
class Offer:
    """A button that would work."""

    label: str
    address: str
    effect: str
    first: bool


def allows(acting: Context, found: Operation) -> bool:
    """True when whoever acts may run an operation."""
    return acting.allows(found.name, found.effect, by_pattern=bool(found.roles))


def may(name: str) -> bool:
    """True when whoever acts now may run an operation."""
    return allows(context.current(), registry.public(name))


def offers(verbs: Iterable[Verb], row: Row) -> list[Offer]:
    """The buttons of a row."""
    return [offer(verb, row) for verb in verbs if may(verb.operation) and verb.when(row)]


def offer(verb: Verb, row: Row) -> Offer:
    """A verb with its arguments filled in."""
    args = {name: reached(row, path) for name, path in verb.args.items()}
    given = {name: value for name, value in {**args, **verb.fixed}.items() if value is not None}
    address = reverse("admin:do", args=[verb.operation])
    effect = registry.public(verb.operation).effect
    return Offer(verb.label, f"{address}?{urlencode(given)}", effect, verb.first)
