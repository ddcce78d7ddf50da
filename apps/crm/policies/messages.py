"""What is refused about letters, with the words for it."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from apps.crm import rules
from bss.core.errors import rule

NO_WISH = rule("notification.set_preferences.no_fields", "Say what should change.")
BAD_LOCALE = rule(
    "notification.set_preferences.unknown_locale", "{locale} is no language like en or zh-SG."
)
BAD_ZONE = rule("notification.set_preferences.unknown_zone", "There is no time zone {zone}.")
BAD_TOPIC = rule(
    "notification.set_preferences.unknown_topic", "{topics} cannot be muted; these can: {known}."
)
HALF_QUIET = rule(
    "notification.set_preferences.quiet_needs_both", "Quiet hours have a beginning and an end."
)


def require_wishes(changes: Mapping[str, Any]) -> None:
    """Wishes we can fulfil."""
    if not changes:
        raise NO_WISH()
    if ("quiet_from" in changes) != ("quiet_to" in changes):
        raise HALF_QUIET()
    locale, zone = changes.get("locale", ""), changes.get("zone", "")
    if locale and not rules.LOCALE.fullmatch(locale):
        raise BAD_LOCALE(locale=locale)
    if zone and zone not in available_timezones():
        raise BAD_ZONE(zone=zone)
    known = set(rules.TOPICS.values())
    if strange := set(changes.get("muted", ())) - known:
        topics, possible = (", ".join(sorted(names)) for names in (strange, known))
        raise BAD_TOPIC(topics=topics, known=possible)
