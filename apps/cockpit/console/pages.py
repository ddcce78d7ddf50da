"""The views of every screen: its list, that list as CSV, a page, a section of a page."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.cockpit.queries.sight import Sight
from bss.core import context
from bss.core.errors import PermissionDenied, failure_of
from bss.core.operations import invoke

from . import cells
from .listing import address, as_csv, asked_in, cut
from .offering import Offer, may, offers
from .rendering import refused, render_page
from .screen import SCREENS, Column, Listing, Row, Screen, Section, Verb, reached


def screen_of(name: str) -> Screen:
    """The screen of that name, or 404."""
    if name not in SCREENS:
        raise Http404(f"There is no screen {name}.")
    return SCREENS[name]


def listing_of(name: str) -> tuple[Screen, Listing]:
    """The list of a screen, if whoever acts may see it."""
    screen = screen_of(name)
    if screen.listing is None:
        raise Http404(f"{screen.title} has no list.")
    if not may(screen.listing.may):
        raise PermissionDenied(f"You may not use {screen.listing.may}.")
    return screen, screen.listing


def shown_rows(columns: tuple[Column, ...], rows: Iterable[Row], sight: Sight) -> list[Any]:
    """Rows as cells: title, alignment and HTML of each."""
    return [
        [(column.title, column.right, column.cell(column.of(row), sight)) for column in columns]
        for row in rows
    ]


def with_buttons(
    columns: tuple[Column, ...],
    verbs: tuple[Verb, ...],
    rows: list[Row],
    sight: Sight,
    given: Row = MappingProxyType({}),
) -> list[tuple[Any, list[Offer]]]:
    """Rows as cells, each with its buttons."""
    buttons = [offers(verbs, {**given, **row}) for row in rows]
    return list(zip(shown_rows(columns, rows, sight), buttons, strict=True))


@require_safe
def list_page(request: HttpRequest, screen: str) -> HttpResponse:
    """A screen's list; htmx asks for the rows alone."""
    found, listing = listing_of(screen)
    asked = asked_in(request.GET)
    part = cut(listing, asked)
    sight = Sight.here()
    shown = {
        "screen": found,
        "title": found.title,
        "listing": listing,
        "asked": asked,
        "narrowed": bool(asked.keys() - {"after"}),
        "filters": [(one, list(one.choices()), asked.get(one.name, "")) for one in listing.filters],
        "titles": [(column.title, column.right) for column in listing.columns],
        "rows": with_buttons(listing.columns, listing.row_verbs, part.rows, sight),
        "has_buttons": bool(listing.row_verbs),
        "count": len(part.rows),
        "next": address(asked, after=part.after) if part.after else "",
        "first": address(asked, after="") if asked.get("after") else None,
        "csv": address(asked, after=""),
        "offers": offers(listing.verbs, {}),
    }
    if request.headers.get("HX-Target") == "rows":
        return render(request, "cockpit/_rows.html", shown)
    return render_page(request, "cockpit/list.html", shown)


@require_safe
def list_csv(request: HttpRequest, screen: str) -> StreamingHttpResponse:
    """A screen's whole list as CSV, as it is narrowed now."""
    _, listing = listing_of(screen)
    asked = asked_in(request.GET)
    acting = context.current()
    lines = as_csv(listing, asked, Sight.here())

    def told() -> Iterable[str]:
        # The answer is read after the view has returned.
        with context.acting(acting):
            yield from lines

    response = StreamingHttpResponse(told(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{screen}.csv"'
    return response


@require_safe
def detail_page(request: HttpRequest, screen: str, subject: str) -> HttpResponse:
    """The page of one thing; its sections load by themselves."""
    found = screen_of(screen)
    if found.page is None:
        raise Http404(f"{found.title} has no pages.")
    row = invoke(found.page.read, {found.page.argument: subject}).result
    sight, buttons = Sight.here(), offers(found.page.verbs, row)
    shown = {
        "screen": found,
        "subject": subject,
        "title": found.page.title(row),
        "badge": cells.state(reached(row, found.page.state), sight),
        "note": found.page.note(row),
        "facts": shown_rows(found.page.facts, [row], sight)[0],
        "offers": buttons,
        "has_more": not all(one.first for one in buttons),
        "sections": [one for one in found.page.sections if may(one.read)],
        "listed": found.listing is not None and may(found.listing.may),
    }
    return render_page(request, "cockpit/detail.html", shown)


@require_safe
def section(request: HttpRequest, screen: str, subject: str, name: str) -> HttpResponse:
    """One section of a page; what goes wrong here stays here."""
    found = screen_of(screen)
    sections = found.page.sections if found.page else ()
    one = next((one for one in sections if one.name == name), None)
    if one is None or found.page is None:
        raise Http404(f"{found.title} has no section {name}.")
    shown: dict[str, Any] = {}
    failure = failure_of(lambda: shown.update(section_of(one, subject)))
    if failure is not None:
        return refused(request, failure, part=True)
    return render(request, "cockpit/_section.html", shown)


def section_of(one: Section, subject: str) -> dict[str, Any]:
    """What a section shows."""
    given = {"subject": subject}
    args = {name: given[path] for name, path in one.args.items()}
    answer = one.pick(invoke(one.read, {**args, **one.fixed}).result)
    sight = Sight.here()
    if one.template:
        return {
            "section": one,
            "answer": answer,
            "sight": sight,
            "offers": offers(one.verbs, given),
        }
    rows = list(answer)
    return {
        "section": one,
        "titles": [(column.title, column.right) for column in one.columns],
        "rows": with_buttons(one.columns, one.row_verbs, rows, sight, given),
        "has_buttons": bool(one.row_verbs),
        "offers": offers(one.verbs, given),
    }
