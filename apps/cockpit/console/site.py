"""The console as Django's admin site: who may enter, and what is where."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from bss.core.context import Context, acting, traced
from bss.core.errors import BssError, NotFound, PermissionDenied
from bss.core.models import User
from bss.core.roles import permissions_of

from . import screens
from .acting import confirm_proposal, do
from .finding import find
from .home import home, work_list
from .pages import detail_page, list_csv, list_page, section
from .rendering import refused
from .signing_in import needs_second_factor

View = Callable[..., HttpResponseBase]
ADD_FACTOR = "Your role needs a second factor. Add one to go on; an authenticator app will do."


class CockpitSite(AdminSite):
    """Django's admin without its forms: every change is an operation."""

    site_header = site_title = "Cockpit"

    def get_urls(self) -> list[Any]:
        """Every address of the console."""
        screens.declare()
        return [
            path("", entered(home), name="index"),
            path("work/<str:name>", entered(work_list), name="work"),
            path("find", entered(find), name="find"),
            path("do/<str:name>", entered(do), name="do"),
            path("confirm/<str:proposal_id>", entered(confirm_proposal), name="confirm"),
            path("<slug:screen>/", entered(list_page), name="list"),
            path("<slug:screen>.csv", entered(list_csv), name="csv"),
            path("<slug:screen>/<str:subject>", entered(detail_page), name="detail"),
            path("<slug:screen>/<str:subject>/<slug:name>", entered(section), name="section"),
        ]

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff alone."""
        return bool(request.user.is_active and request.user.is_staff)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What a frame needs of the site; there are no models to list."""
        return {"site_title": self.site_title, "site_header": self.site_header}


def entered(view: View) -> View:
    """A view for signed-in staff, run as the person who looks; refusals become pages."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not (user.is_active and user.is_staff):
            return stranger(request)
        if needs_second_factor(user):
            messages.warning(request, ADD_FACTOR)
            return redirect("mfa_activate_totp")
        with acting(traced(context_of(user))):
            try:
                return view(request, *args, **kwargs)
            except Http404 as missing:
                return refused(request, NotFound("page", missing))
            except BssError as error:
                return refused(request, error)

    return never_cache(csrf_protect(guarded))


def stranger(request: HttpRequest) -> HttpResponse:
    """Whoever is not staff signs in first; the customer who did is told that this is not theirs."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": "/cockpit/"})
    if request.user.is_authenticated:
        return refused(request, PermissionDenied("This is for staff; your account is not staff."))
    return redirect_to_login(request.get_full_path())


def context_of(user: User) -> Context:
    """A person of the staff, with what their roles allow."""
    return Context(
        actor=user.username,
        channel="portal-csr",
        service_identity="operator_cockpit",
        permissions=permissions_of(user),
    )
