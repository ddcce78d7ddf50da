"""One box that finds: things by id, people, numbers, screens and what can be done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.cockpit.queries.slots import sentence
from apps.cockpit.rules.words import full_name, grouped
from apps.crm import queries as crm
from apps.provisioning.models import EsimProfile, Number
from apps.subscription.models import Subscription
from bss.core import registry
from bss.core.ids import format_id

from .addresses import PLACES, list_address, page_address
from .navigation import visible
from .offering import may
from .rendering import render_part
from .screen import SCREENS

EACH = 5
FEWEST = 2
ID = re.compile(r"([A-Za-z]{1,6})-?(\d{1,12})")


@dataclass(frozen=True)
class Found:
    """Something that may have been meant."""

    group: str
    title: str
    hint: str
    address: str
    # Opens in the panel rather than as a page.
    panel: bool = False


Finder = Callable[[str], Iterator[Found]]


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What somebody may have meant by a few letters or digits."""
    words = request.GET.get("q", "").strip()[:80]
    shown = {"words": words, "found": list(found_for(words)), "title": "Find"}
    return render_part(request, "cockpit/_found.html", shown)


def found_for(words: str) -> Iterator[Found]:
    """Everything that fits, the most certain first."""
    if len(words) < FEWEST:
        yield from islice(screens_called(""), 2 * EACH)
        return
    for finder in (by_id, by_number, by_iccid, people, screens_called, operations_called):
        yield from islice(finder(words), EACH)


def by_id(words: str) -> Iterator[Found]:
    """The thing that has this id, when a screen shows its kind."""
    found = ID.fullmatch(words)
    screen = SCREENS.get(PLACES.get(found[1].upper(), "")) if found else None
    if found and screen and screen.page and may(screen.page.read):
        public_id = format_id(found[1].upper(), int(found[2]))
        yield Found("Id", public_id, screen.title, page_address(screen.name, public_id))


def digits_of(words: str) -> str:
    """The digits, when hardly anything else was typed."""
    return re.sub(r"\D", "", words) if re.fullmatch(r"[\d\s+()./-]+", words) else ""


def by_number(words: str) -> Iterator[Found]:
    """Lines and numbers that begin or end so."""
    digits = digits_of(words)
    if len(digits) < FEWEST + 1 or not may("subscription.get"):
        return
    ending = Number.objects.ending(digits)
    beginning = Number.objects.filter(msisdn__startswith=digits)
    for rows in (ending, beginning):
        for number in rows.exclude(owner="").order_by()[:EACH]:
            if number.owner.startswith(f"{Subscription.PREFIX}-"):
                hint = f"line {number.owner}"
                yield Found(
                    "Numbers", grouped(number.msisdn), hint, page_address("lines", number.owner)
                )
    for number in beginning.filter(owner="").order_by("msisdn")[:2]:
        address = page_address("numbers", number.msisdn)
        yield Found("Numbers", grouped(number.msisdn), number.state, address)


def by_iccid(words: str) -> Iterator[Found]:
    """Profiles whose ICCID begins so."""
    digits = digits_of(words)
    if len(digits) >= 6 and may("inventory.esim.get"):
        for esim in EsimProfile.objects.filter(iccid__startswith=digits).order_by("iccid")[:EACH]:
            yield Found("eSIMs", grouped(esim.iccid), esim.state, page_address("esims", esim.iccid))


def people(words: str) -> Iterator[Found]:
    """Customers by name, mailbox or telephone."""
    if may("customer.search") and not words.upper().startswith("CUST-"):
        for one in crm.search(words, EACH):
            mail = next(
                (m["value"] for m in one["contactMedium"] if m["mediumType"] == "email"), ""
            )
            hint = f"{one['id']} {mail}".strip()
            yield Found(
                "Customers", full_name(one) or one["id"], hint, page_address("customers", one["id"])
            )


def screens_called(words: str) -> Iterator[Found]:
    """Screens by their names and what else they are called."""
    for screen in SCREENS.values():
        if visible(screen) and words.lower() in f"{screen.title} {screen.also}".lower():
            yield Found("Go to", screen.title, screen.group, list_address(screen.name))


def operations_called(words: str) -> Iterator[Found]:
    """Operations whose name or sentence has all the words."""
    wanted = words.lower().split()
    for name, one in registry.registry().items():
        told = f"{name.replace('.', ' ').replace('_', ' ')} {sentence(one)}".lower()
        if not one.internal and not one.lean and all(word in told for word in wanted) and may(name):
            yield Found("Do", sentence(one), name, reverse("admin:do", args=[name]), panel=True)
