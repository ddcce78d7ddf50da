"""Values as pages show them: each function makes the HTML of one kind of value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.cockpit.queries.sight import Sight
from apps.cockpit.rules import words

from .addresses import address_of, page_address

Cell = Callable[[Any, Sight], SafeString]
NOTHING = mark_safe('<span class="none">–</span>')
GONE = ("terminated", "closed", "cancelled", "voided", "expired", "abandoned", "retired")


def text(value: Any, sight: Sight) -> SafeString:
    """Words as they are."""
    return NOTHING if value in (None, "") else escape(value)


def strong(value: Any, sight: Sight) -> SafeString:
    """What a row is known by."""
    return NOTHING if value in (None, "") else format_html("<b>{}</b>", value)


def phrase(value: Any, sight: Sight) -> SafeString:
    """A word of the code as a person says it: `payment_failed` as payment failed."""
    return NOTHING if value in (None, "") else escape(str(value).replace("_", " "))


def ident(value: Any, sight: Sight) -> SafeString:
    """A public id: leads to its page, and can be copied."""
    return NOTHING if not value else with_copy(str(value), address_of(value))


def linked(screen: str, shape: Callable[[str], str] = str) -> Cell:
    """An id that its prefix does not give away, leading to a screen."""

    def cell(value: Any, sight: Sight) -> SafeString:
        if not value:
            return NOTHING
        return with_copy(str(value), page_address(screen, value), shape(str(value)))

    return cell


def with_copy(value: str, address: str | None, shown: str = "") -> SafeString:
    """A value, linked when it has a page, with a button that copies it."""
    shown = shown or value
    body = format_html('<a href="{}">{}</a>', address, shown) if address else escape(shown)
    return format_html(
        '<span class="id">{}<button type="button" class="copy" data-copy="{}"'
        ' aria-label="Copy {}" title="Copy"></button></span>',
        body,
        value,
        value,
    )


def number(value: Any, sight: Sight) -> SafeString:
    """A telephone number or ICCID in groups of four."""
    return NOTHING if not value else with_copy(str(value), None, words.grouped(str(value)))


def state(value: Any, sight: Sight) -> SafeString:
    """A state with the colour of what it means."""
    if not value:
        return NOTHING
    tone = "gone" if value in GONE else words.TONES.get(str(value), "plain")
    return format_html('<span class="state {}">{}</span>', tone, str(value).replace("_", " "))


def money(value: Any, sight: Sight) -> SafeString:
    """An amount in the operator's currency."""
    if value in (None, ""):
        return NOTHING
    return format_html('<span class="num">{}</span>', words.money(value, sight.currency))


def count(value: Any, sight: Sight) -> SafeString:
    """A plain number."""
    return NOTHING if value is None else format_html('<span class="num">{}</span>', value)


def moment(value: Any, sight: Sight) -> SafeString:
    """A moment in the operator's zone; the exact instant shows on hover."""
    if not value:
        return NOTHING
    return stamped(str(value), sight, sight.minute(str(value)))


def day(value: Any, sight: Sight) -> SafeString:
    """A day in the operator's zone; the exact instant shows on hover."""
    return NOTHING if not value else stamped(str(value), sight, sight.day(str(value)))


def due(value: Any, sight: Sight) -> SafeString:
    """A day with how far it is: `in 3 days`, `2 days late`."""
    if not value:
        return NOTHING
    away = words.in_days(sight.days_until(str(value)))
    late = " late" if away.endswith("late") else ""
    shown = stamped(str(value), sight, sight.day(str(value)))
    return format_html('{} <small class="away{}">{}</small>', shown, late, away)


def stamped(value: str, sight: Sight, shown: str) -> SafeString:
    """A `<time>` that carries the exact instant."""
    return format_html('<time datetime="{}" title="{}">{}</time>', value, sight.exact(value), shown)


def yes(value: Any, sight: Sight) -> SafeString:
    """Yes, or nothing."""
    return format_html('<span class="yes">{}</span>', "yes") if value else NOTHING


def several(value: Any, sight: Sight) -> SafeString:
    """A few values, each an id where it is one."""
    if not value:
        return NOTHING
    return format_html_join(" ", "{}", ((ident(one, sight),) for one in value))


def contact(kind: str) -> Callable[[Mapping[str, Any]], str | None]:
    """The first valid contact of a kind, of a customer's row."""

    def value(row: Mapping[str, Any]) -> str | None:
        media = row.get("contactMedium") or []
        return next(
            (one["value"] for one in media if one["mediumType"] == kind and not one["validTo"]),
            None,
        )

    return value


def bucket(balance: Mapping[str, Any], sight: Sight) -> SafeString:
    """How much of an allowance is used, as a bar and in words."""
    kind, total = str(balance["allowanceType"]), float(balance["total"])
    used = float(balance.get("consumed") or 0)
    if total == -1:
        return bar(0, "good endless", f"unlimited, {words.amount_of(kind, used)} used")
    if total == 0 and used == 0:
        return bar(0, "plain", "none")
    share = min(used / total, 1.0) if total else 1.0
    tone = "bad" if share >= 1 else "warn" if share >= 0.8 else "good"
    spoken = f"{words.amount_of(kind, used)} of {words.amount_of(kind, total)}"
    return bar(share, tone, spoken)


def bar(share: float, tone: str, spoken: str) -> SafeString:
    """A bar of that share; pages may not carry style, so it is drawn."""
    return format_html(
        '<span class="bar {}"><svg viewBox="0 0 100 6" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect class="track" width="100" height="6" rx="3"/>'
        '<rect class="used" width="{}" height="6" rx="3"/>'
        "</svg><span>{}</span></span>",
        tone,
        f"{share * 100:.1f}",
        spoken,
    )


def data_used(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The home data bucket of a line's row."""
    return next((one for one in row.get("balances") or [] if one["allowanceType"] == "data"), None)


def data_bar(value: Any, sight: Sight) -> SafeString:
    """The bar of one bucket, if there is one."""
    return bucket(value, sight) if value else NOTHING
