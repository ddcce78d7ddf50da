"""Answering writes: bodies become operations, and what was written is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import ValidationError

from bss.core.errors import BssError, InvalidArguments, NotFound
from bss.core.operations import Answer
from bss.tmf.documents import DEEPEST, Json, bare, depth, etag, merged
from bss.tmf.operations.requests import Stale, run_steps, take_turns
from bss.tmf.reading import document_of
from bss.tmf.resources import Api, Changed, Resource, Step

PLAIN = ("application/json",)
PATCHES = (*PLAIN, "application/merge-patch+json")
FIXED = {"id", "href", "@type", "@baseType", "@schemaLocation"}


class UnknownMedia(BssError):
    """The body is not written in a way we read."""

    status = 415
    code = "http.unsupported_media_type"


def created(api: Api, resource: Resource, request: HttpRequest) -> HttpResponse:
    """Make a resource."""
    assert resource.create is not None
    body = bare(body_of(request, PLAIN))
    steps = resource.create.steps(valid(resource.create.body, body))
    kept = extras_of(resource, body)
    try:
        answer = run_steps(resource.kind, steps, kept=kept or None, key=key_of(request))
    except NotFound as missing:
        # What a new resource refers to is part of its body, not of the address.
        missing.status = 400
        raise
    document = document_of(api, resource, answer.result, written=True)
    response = JsonResponse(document, status=201)
    response["Location"], response["ETag"] = document["href"], etag(document)
    return still_moving(response, answer)


def patched(api: Api, resource: Resource, request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a resource by a merge patch."""
    patch = body_of(request, PATCHES)
    was = document_of(api, resource, public_id)
    before = unchanged(api, resource, request, was)
    now = bare(merged(was, patch))
    changed = Changed(was["id"], was, now)
    altered = [name for name in {**was, **now} if changed.altered(name)]
    kept = extras_of(resource, now) if resource.extras.names() & set(altered) else None
    steps = steps_of(resource, changed, altered)
    if steps or kept is not None:
        run_steps(
            resource.kind,
            steps,
            subject=was["id"],
            kept=kept,
            key=key_of(request),
            before=before,
            allowed_by=resource.writes,
        )
    document = document_of(api, resource, public_id)
    response = JsonResponse(document)
    response["ETag"] = etag(document)
    return response


def deleted(api: Api, resource: Resource, request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a resource: over this API it does not exist any more."""
    assert resource.delete is not None
    was = document_of(api, resource, public_id)
    before = unchanged(api, resource, request, was)
    steps = resource.delete(was["id"])
    key = key_of(request)
    run_steps(resource.kind, steps, subject=was["id"], gone=True, key=key, before=before)
    return HttpResponse(status=204)


def steps_of(resource: Resource, changed: Changed, altered: list[str]) -> list[Step]:
    """The operations that changed attributes come down to, each once."""
    beside = resource.extras.names() if resource.writes else set()
    free = {*resource.changes, *beside} - FIXED
    fixed = [name for name in altered if name not in free]
    if fixed:
        raise InvalidArguments(f"{', '.join(sorted(fixed))}: this cannot be changed.")
    wanted = dict.fromkeys(resource.changes[name] for name in altered if name in resource.changes)
    return [step for change in wanted for step in change(changed)]


def extras_of(resource: Resource, body: Json) -> Json:
    """What is kept beside the domain; a `@type` of the client's own is kept as it is."""
    try:
        return resource.extras.of(body)
    except ValidationError as error:
        raise InvalidArguments.of(error) from None


def valid(model: Any, body: Json) -> Any:
    """A body in the shape it must have; raises InvalidArguments."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise InvalidArguments.of(error) from None


def body_of(request: HttpRequest, media: tuple[str, ...]) -> Json:
    """The JSON object that was sent."""
    if (request.content_type or "application/json") not in media:
        raise UnknownMedia(f"{request.content_type} is not read here; send {media[-1]}.")
    try:
        body = json.loads(request.body, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidArguments("The body is no JSON that can be read.") from None
    if not isinstance(body, dict):
        raise InvalidArguments("The body must be a JSON object.")
    if depth(body) > DEEPEST:
        raise InvalidArguments("The body is nested too deeply.")
    return body


def refuse_constant(word: str) -> None:
    """Refuse what JSON has no word for."""
    raise ValueError(word)


def unchanged(
    api: Api, resource: Resource, request: HttpRequest, was: Json
) -> Callable[[], None] | None:
    """Refuse to change what the client has not seen, if it says what it saw: now and later.

    What it answers asks again inside the transaction, one writer of the resource at a time.
    """
    tags = [
        tag.strip().removeprefix("W/") for tag in request.headers.get("If-Match", "*").split(",")
    ]
    if "*" in tags:
        return None

    def require(document: Json) -> None:
        if etag(document) not in tags:
            raise Stale(f"{was['id']} was changed meanwhile; read it again.")

    def again() -> None:
        take_turns(resource.kind, was["id"])
        require(document_of(api, resource, was["id"]))

    require(was)
    return again


def key_of(request: HttpRequest) -> str | None:
    """What makes a request safe to repeat."""
    return request.headers.get("Idempotency-Key") or None


def still_moving(response: HttpResponse, answer: Answer) -> HttpResponse:
    """Say when it is worth asking again, while something outside is awaited."""
    if answer.pending:
        response["Retry-After"] = "1"
    return response
