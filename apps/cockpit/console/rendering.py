"""Pages and parts of pages, and how refusals look in both."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.cockpit.queries.sight import Sight
from bss.core import clock
from bss.core.errors import problem

from .navigation import groups

log = logging.getLogger(__name__)


def is_part(request: HttpRequest) -> bool:
    """True when htmx asked for a part of the page that is there already."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted)


def render_page(
    request: HttpRequest, template: str, shown: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A whole page with its frame."""
    return render(request, template, {**frame(request), **shown}, status=status)


def render_part(
    request: HttpRequest, template: str, shown: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A part for htmx; without it, a page that holds nothing else."""
    if is_part(request):
        return render(request, template, {**shown}, status=status)
    return render_page(request, "cockpit/alone.html", {"part": template, **shown}, status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame shows."""
    reading = clock.reading()
    sight = Sight.here()
    return {
        **admin.site.each_context(request),
        "brand": settings.BSS.brand_name,
        "sandbox": settings.BSS.sandbox,
        "groups": groups(request.path),
        "clock": sight.minute(clock.iso(sight.now)) if reading.frozen_at or reading.offset else "",
        "frozen": bool(reading.frozen_at),
        "zone": sight.zone.key,
    }


def refused(request: HttpRequest, error: Exception, *, part: bool = False) -> HttpResponse:
    """A refusal or failure in the words every door uses."""
    found = problem(error)
    if found.status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    shown = {"problem": found, "title": found.message}
    if part or is_part(request):
        return render(request, "cockpit/_refusal.html", shown, status=found.status)
    return render_page(request, "cockpit/refusal.html", shown, found.status)
