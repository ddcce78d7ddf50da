"""Doing something: a form, for grave operations a preview to confirm, and then the operation."""

from __future__ import annotations

import json
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from apps.cockpit.queries.sight import Sight
from apps.cockpit.queries.slots import sentence
from bss.core import context, registry
from bss.core.errors import BssError, Conflict, translate
from bss.core.invocation import to_json
from bss.core.models import Proposal
from bss.core.operations import Answer, authorise, invoke
from bss.core.proposals import confirm, propose
from bss.core.registry import Operation

from .addresses import PUBLIC_ID, address_of
from .foreseeing import Foreseen
from .forms import Form, arguments, form_of, reason_of
from .listing import asked_in
from .rendering import refused, render_part

# Hidden fields of every form that are no arguments.
OURS = ("csrfmiddlewaretoken", "once", "back", "fixed")


@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for what an operation needs, or take what was answered."""
    found = registry.public(name)
    authorise(found, context.current(), {})
    if name == "proposal.get" and "proposal_id" in request.GET:
        return decide(request, request.GET["proposal_id"])
    if request.method == "GET":
        form = form_of(found, asked_in(request.GET))
        return show_form(request, form, came_from(request))
    typed = {key: value for key, value in asked_in(request.POST).items() if key not in OURS}
    try:
        return carry_on(request, found, typed)
    except BssError as refusal:
        return again(request, found, typed, refusal)


def decide(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """What somebody proposed, for the person who may confirm it."""
    invoke("proposal.get", {"proposal_id": proposal_id})
    proposal: Proposal = Proposal.objects.get_by_id(proposal_id)
    return show_proposal(request, proposal, came_from(request))


def carry_on(request: HttpRequest, found: Operation, typed: dict[str, str]) -> HttpResponse:
    """A mild operation runs; a grave one is only proposed."""
    args = arguments(found, typed)
    if found.needs_confirmation or found.second_person:
        proposal, _ = propose(found.name, args, reason=reason_of(found, typed))
        return show_proposal(request, proposal, came_from(request))
    once = request.POST.get("once") or secrets.token_urlsafe(12)
    answer = invoke(found.name, args, key=None if found.is_read else f"cockpit/{once[:40]}")
    return done(request, found, answer)


def again(
    request: HttpRequest, found: Operation, typed: dict[str, str], error: BssError
) -> HttpResponse:
    """The form once more, with what was typed and why that will not do."""
    fixed = set(request.POST.get("fixed", "").split(","))
    given = {key: value for key, value in typed.items() if key in fixed}
    form = form_of(found, given, typed, translate(error))
    return show_form(request, form, came_from(request), status=422)


def show_form(request: HttpRequest, form: Form, back: str, status: int = 200) -> HttpResponse:
    """The panel with the form."""
    shown = {
        "form": form,
        "back": back,
        "once": request.POST.get("once") or secrets.token_urlsafe(12),
        "fixed": ",".join(form.given),
        "title": form.title,
    }
    return render_part(request, "cockpit/_form.html", shown, status=status)


def show_proposal(request: HttpRequest, proposal: Proposal, back: str) -> HttpResponse:
    """The panel with what would happen, and the button that makes it so."""
    mine = proposal.requester == context.current().person
    shown = {
        "seen": Foreseen(proposal, Sight.here()),
        "back": back,
        "title": sentence(registry.public(proposal.operation)),
        "may_confirm": mine != proposal.second_person,
    }
    return render_part(request, "cockpit/_preview.html", shown)


@require_POST
def confirm_proposal(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Do what was shown: exactly that, once, and before it expires."""
    proposal: Proposal = Proposal.objects.get_by_id(proposal_id)
    found = registry.public(proposal.operation)
    try:
        if request.POST.get("digest") != proposal.digest:
            raise Conflict("proposal.not_shown", "Look at what it would do before you confirm it.")
        return done(request, found, confirm(proposal_id))
    except BssError as error:
        return refused(request, error, part=True)


def done(request: HttpRequest, found: Operation, answer: Answer) -> HttpResponse:
    """Say that it is done, and show what came of it."""
    if found.is_read or found.secret:
        shown = {"title": sentence(found), "pretty": pretty(answer.result)}
        return render_part(request, "cockpit/_answer.html", shown)
    what = sentence(found).rstrip(".")
    if answer.pending:
        messages.info(request, f"{what}: an outside system has not answered yet.")
    else:
        messages.success(request, f"{what}: done.")
    return go(request, made_by(found, answer) or came_from(request))


def pretty(answer: Any) -> str:
    """An answer for people, one value a line."""
    return json.dumps(json.loads(to_json(answer)), indent=2, ensure_ascii=False)


def made_by(found: Operation, answer: Answer) -> str | None:
    """The page of what an operation made, if it made something that has one."""
    subject = answer.subject or (answer.result or {}).get("id") if is_row(answer.result) else None
    makes = found.verb in ("create", "open", "place")
    return address_of(subject) if makes and PUBLIC_ID.fullmatch(str(subject)) else None


def is_row(result: Any) -> bool:
    """True for an answer about one thing."""
    return isinstance(result, dict)


def came_from(request: HttpRequest) -> str:
    """The page that the panel was opened on: one of ours, or home."""
    asked = request.POST.get("back") or request.headers.get("HX-Current-URL") or ""
    parts = urlsplit(asked)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    safe = url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe and path.startswith("/cockpit/") else reverse("admin:index")


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the browser to a page, with or without htmx."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
