"""Answering reads: what is asked for, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Cast, Substr
from django.http import HttpRequest, HttpResponse, JsonResponse

from bss.core import context, registry
from bss.core.errors import translated
from bss.core.ids import parse_id
from bss.core.operations import authorise
from bss.tmf.asking import Asked, asked
from bss.tmf.documents import Json, etag, selected
from bss.tmf.filters import Id, Written
from bss.tmf.models import Extension
from bss.tmf.resources import Api, Resource, by_id, complete, visible


def listed(api: Api, resource: Resource, request: HttpRequest) -> HttpResponse:
    """The rows that are asked for, and how many there are."""
    wanted = asked(request.META.get("QUERY_STRING", ""))
    with translated(), registry.allowing("read"):
        filters = {**resource.filters, "id": resource.key, "href": href_filter(api, resource)}
        found = readable(resource).filter(wanted.where(filters))
        order = [*wanted.order(filters), *resource.order]
        last = wanted.offset + wanted.limit
        rows = list(found.order_by(*order)[wanted.offset : last]) if wanted.limit else []
        # Whoever has seen the end need not count.
        ended = 0 < len(rows) < wanted.limit
        total = wanted.offset + len(rows) if ended else found.order_by().count()
        documents = documents_of(api, resource, rows)
    shown = [selected(document, wanted.fields) for document in documents]
    response = JsonResponse(shown, safe=False)
    response["X-Total-Count"], response["X-Result-Count"] = str(total), str(len(shown))
    response["Link"] = links(request, wanted, total)
    return response


def shown_one(api: Api, resource: Resource, request: HttpRequest, public_id: str) -> HttpResponse:
    """One resource."""
    wanted = asked(request.META.get("QUERY_STRING", ""))
    document = document_of(api, resource, public_id)
    response = JsonResponse(selected(document, wanted.fields))
    response["ETag"] = etag(document)
    return response


def href_filter(api: Api, resource: Resource) -> Any:
    """The id at the end of an address of ours."""
    before = api.href(resource, "")
    key = resource.key
    if isinstance(key, Id):
        return Id(key.column, key.model, before=before)
    return After(key.column, before)


class After(Written):
    """A code at the end of an address."""

    def values(self, word: str) -> Sequence[str]:
        """What follows the address, if it begins so."""
        return [word.removeprefix(self.form)] if word.startswith(self.form) else []


def readable(resource: Resource) -> QuerySet[Any]:
    """The rows that whoever asks may read; refuses who may read none."""
    authorise(registry.public(resource.reads), context.current(), {})
    return existing(resource)


def existing(resource: Resource) -> QuerySet[Any]:
    """The rows there are for whoever asks, without those deleted over the API."""
    asking = context.current().customer_id
    customer = parse_id(asking, "CUST", "customer") if asking else None
    gone = Extension.objects.filter(resource=resource.kind, gone_at__isnull=False)
    rows = resource.rows().filter(visible(resource, customer))
    return rows.exclude(**{f"{resource.key.column}__in": keys_of(resource, gone)})


def keys_of(resource: Resource, kept: QuerySet[Extension]) -> QuerySet[Any, Any]:
    """The keys of the rows that extensions are of."""
    if not isinstance(resource.key, Id):
        return kept.values("subject")
    number = Cast(Substr("subject", len(resource.key.model.PREFIX) + 2), BigIntegerField())
    return kept.annotate(row=number).values("row")


def document_of(api: Api, resource: Resource, public_id: str, *, written: bool = False) -> Json:
    """One resource in full, or NotFound; whoever has just written it may see it."""
    with translated(), registry.allowing("read"):
        rows = existing(resource) if written else readable(resource)
        row = by_id(resource, rows, public_id)
        return documents_of(api, resource, [row])[0]


def documents_of(api: Api, resource: Resource, rows: Sequence[Any]) -> list[Json]:
    """Rows as the API shows them, in full."""
    documents = resource.show(rows) if rows else []
    ids = [document["id"] for document in documents]
    kept = dict(
        Extension.objects.filter(resource=resource.kind, subject__in=ids).values_list(
            "subject", "attributes"
        )
    )
    return [
        complete(api, resource, document, kept.get(document["id"], {})) for document in documents
    ]


def links(request: HttpRequest, wanted: Asked, total: int) -> str:
    """The addresses of this page and those around it."""
    query = request.META.get("QUERY_STRING", "")
    kept = "&".join(
        part
        for part in query.split("&")
        if part and part.partition("=")[0] not in ("offset", "limit")
    )
    step = wanted.limit

    def page(offset: int) -> str:
        place = urlencode({"offset": offset, "limit": step})
        return request.build_absolute_uri("?" + "&".join(filter(None, (kept, place))))

    found = {"self": page(wanted.offset)}
    if step:
        last = max(0, (total - 1) // step * step)
        found |= {"first": page(0), "last": page(last)}
        if wanted.offset:
            found["prev"] = page(max(0, wanted.offset - step))
        if wanted.offset + step < total:
            found["next"] = page(wanted.offset + step)
    return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in found.items())
