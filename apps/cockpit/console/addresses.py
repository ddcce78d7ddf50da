"""Where things are shown: an id finds its page wherever it stands."""

from __future__ import annotations

import re

from django.urls import reverse

PUBLIC_ID = re.compile(r"([A-Z]{1,6})-\d{4,}")
# Filled as screens are declared: the prefix of an id, and the screen that shows it.
PLACES: dict[str, str] = {}


def list_address(screen: str) -> str:
    """The address of a screen's list."""
    return reverse("admin:list", args=[screen])


def page_address(screen: str, subject: object) -> str:
    """The address of the page of one thing."""
    return reverse("admin:detail", args=[screen, subject])


def address_of(public_id: object) -> str | None:
    """The page of a public id, or None when no screen shows its kind."""
    found = PUBLIC_ID.fullmatch(str(public_id))
    screen = PLACES.get(found[1]) if found else None
    return page_address(screen, public_id) if screen else None
