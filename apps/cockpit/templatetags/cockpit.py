"""Values inside the few templates that are made by hand."""

from typing import Any

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

from apps.cockpit.console import cells
from apps.cockpit.queries.sight import Sight
from apps.cockpit.rules.words import kind_name

register = template.Library()


@register.simple_tag
def state(value: Any, sight: Sight) -> SafeString:
    """A state with its colour."""
    return cells.state(value, sight)


@register.simple_tag
def number(value: Any, sight: Sight) -> SafeString:
    """A number in groups, with a button that copies it."""
    return cells.number(value, sight)


@register.simple_tag
def bucket(balance: dict[str, Any], sight: Sight) -> SafeString:
    """The bar of a bucket."""
    return cells.bucket(balance, sight)


@register.simple_tag
def qr(code: str) -> SafeString:
    """A code to scan, drawn."""
    drawn = segno.make(code, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308


@register.filter
def kind(value: str) -> str:
    """An allowance as people say it."""
    return kind_name(value)
