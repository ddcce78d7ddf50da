"""What all our TM Forum APIs share: who calls, what is answered, how failures look."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from bss.core import context
from bss.core.context import Context
from bss.core.errors import InvalidArguments, Problem, Unauthenticated, problem
from bss.core.models import ApiClient
from bss.core.operations import Answer, invoke

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])
UNKNOWN_ROUTE = Problem(
    404, "http.not_found", "http.not_found", "There is nothing at this address."
)


class Body(Schema):
    """Base of what clients send: camelCase, with room for what we do not know."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class BearerToken(HttpBearer):
    """The token of an API client; what follows runs as that client."""

    def authenticate(self, request: HttpRequest, token: str) -> Context:
        client = ApiClient.presenting(token)
        if client is None:
            raise Unauthenticated("The token is unknown, expired or revoked.")
        return Context(
            actor=f"client:{client.name}",
            channel="api",
            service_identity=client.name,
            permissions=frozenset(client.scopes),
        )


def as_caller(view: View) -> View:
    """Run a view as whoever its request was authenticated for."""

    @functools.wraps(view)
    def acting(request: Any, *args: Any, **kwargs: Any) -> Any:
        with context.acting(request.auth):
            return view(request, *args, **kwargs)

    return acting  # type: ignore[return-value]


class TmfAPI(NinjaAPI):
    """A set of routes that speaks TMF630, in failure too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(auth=BearerToken(), **options)
        self.add_decorator(as_caller)

    def set_default_exception_handlers(self) -> None:
        """Failures look the same, whoever raised them."""
        for kind in (Exception, HttpError, ValidationError, Http404):
            self.add_exception_handler(kind, refuse)  # type: ignore[arg-type]

    @property
    def urls(self) -> Any:
        """The routes, and an answer in our words for every other address and method."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            pattern.callback = in_our_words(pattern.callback)  # type: ignore[arg-type]
        # Some clients end every address with a slash.
        slashed = [path(f"{one.pattern}/", one.callback) for one in patterns if one.callback]
        return [*patterns, *slashed, re_path("", nothing_here)], app, namespace


def refuse(request: HttpRequest, error: Exception) -> HttpResponse:
    """A failure of ours or of the framework, as TMF630 shows it."""
    found = problem(in_our_terms(error)) if not isinstance(error, HttpError) else http(error)
    if found.status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    return shown(found)


def in_our_terms(error: Exception) -> Exception:
    """The framework's own refusals as ours."""
    if isinstance(error, RequestDataTooBig):
        too_big = InvalidArguments("The body is too large; send less at a time.")
        too_big.status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return too_big
    if isinstance(error, ValidationError):
        faults = {".".join(map(str, one["loc"][1:])) or "body": one["msg"] for one in error.errors}
        where, why = next(iter(faults.items()))
        return InvalidArguments(f"{where}: {why}", faults)
    return error


def http(error: HttpError) -> Problem:
    """A refusal of the framework that is only a status."""
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        return problem(Unauthenticated("Send the token of an API client as a bearer token."))
    word = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return Problem(error.status_code, f"http.{word}", f"http.{word}", str(error))


def shown(found: Problem) -> HttpResponse:
    """A problem as a response."""
    response = JsonResponse(found.body(), status=found.status)
    if found.retry_after is not None:
        response["Retry-After"] = str(found.retry_after)
    if found.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The answer for an address that no route has."""
    return shown(UNKNOWN_ROUTE)


def in_our_words(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A route that refuses other methods and missing pages with a body of ours."""

    @functools.wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return nothing_here(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        refusal = shown(http(HttpError(405, f"{request.method} is not possible here.")))
        refusal["Allow"] = response["Allow"]
        return refusal

    return answering


def make(
    request: HttpRequest, name: str, args: dict[str, Any], shape: Callable[[Answer], dict[str, Any]]
) -> HttpResponse:
    """Run an operation for a client: 201 when it is done, 202 while the outside is awaited.

    The same Idempotency-Key and body get the same answer again.
    """
    answer = invoke(name, args, key=request.headers.get("Idempotency-Key") or None)
    body = shape(answer)
    response = JsonResponse(body, status=HTTPStatus.CREATED, headers={"Location": body["href"]})
    if answer.pending:
        response.status_code, response["Retry-After"] = HTTPStatus.ACCEPTED, "1"
    return response
