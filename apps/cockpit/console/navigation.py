"""The menu: the screens whoever acts may see, in groups."""

from __future__ import annotations

from dataclasses import dataclass

from .addresses import list_address
from .offering import may
from .screen import SCREENS, Screen

ORDER = ("People", "Selling", "Money", "Network", "Running it")


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    title: str
    address: str
    here: bool


def visible(screen: Screen) -> bool:
    """True when whoever acts may see a screen."""
    return screen.listing is not None and may(screen.listing.may)


def groups(path: str) -> list[tuple[str, list[Entry]]]:
    """The menu, with the entry of the page that is open marked."""
    found: dict[str, list[Entry]] = {name: [] for name in ORDER}
    for screen in SCREENS.values():
        if visible(screen):
            address = list_address(screen.name)
            found.setdefault(screen.group, []).append(
                Entry(screen.title, address, path.startswith(address))
            )
    return [(name, entries) for name, entries in found.items() if entries]
