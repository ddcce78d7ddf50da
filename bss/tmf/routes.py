"""The routes of declared APIs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from bss.core.operations import invoke
from bss.tmf.reading import listed, shown_one
from bss.tmf.resources import ROOT, Api, Resource
from bss.tmf.shapes import Loose, Text
from bss.tmf.writing import PLAIN, body_of, created, deleted, patched, valid

View = Callable[..., HttpResponse]


class HubIn(Loose):
    callback: Text
    query: Text = ""


def router_of(api: Api) -> Router:
    """The routes of an API."""
    router = Router(tags=[f"TMF{api.number}"])
    if api.more:
        api.more(router)
    for resource in api.resources:
        add(router, api, resource)
    router.add_api_operation("/hub", ["POST"], partial_view(register, api))
    router.add_api_operation("/hub/{public_id}", ["DELETE"], partial_view_of_one(unregister, api))
    return router


def add(router: Router, api: Api, resource: Resource) -> None:
    """The routes of one resource."""
    many, one = f"/{resource.name}", f"/{resource.name}/{{public_id}}"
    router.add_api_operation(many, ["GET"], partial_view(listed, api, resource))
    router.add_api_operation(one, ["GET"], partial_view_of_one(shown_one, api, resource))
    if resource.create:
        router.add_api_operation(many, ["POST"], partial_view(created, api, resource))
    if resource.is_patchable:
        router.add_api_operation(one, ["PATCH"], partial_view_of_one(patched, api, resource))
    if resource.delete:
        router.add_api_operation(one, ["DELETE"], partial_view_of_one(deleted, api, resource))


def partial_view(answer: View, *declared: Any) -> View:
    """A view of a whole resource."""

    def view(request: HttpRequest) -> HttpResponse:
        return answer(*declared, request)

    return view


def partial_view_of_one(answer: View, *declared: Any) -> View:
    """A view of one resource."""

    def view(request: HttpRequest, public_id: str) -> HttpResponse:
        return answer(*declared, request, public_id)

    return view


def register(api: Api, request: HttpRequest) -> HttpResponse:
    """Register a listener."""
    body = valid(HubIn, body_of(request, PLAIN))
    args = {"api": api.base, "callback": body.callback, "query": body.query}
    key = request.headers.get("Idempotency-Key") or None
    hub = invoke("hub.register", args, key=key).result
    shown = {name: hub[name] for name in ("id", "callback", "query")}
    place = request.build_absolute_uri(f"{ROOT}{api.base}/hub/{hub['id']}")
    return JsonResponse(shown, status=201, headers={"Location": place})


def unregister(api: Api, request: HttpRequest, public_id: str) -> HttpResponse:
    """End a listener."""
    invoke("hub.unregister", {"hub_id": public_id, "api": api.base})
    return HttpResponse(status=204)
