"""Declaring an API: resources as views of the domain, and which operations write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from bss.core.errors import InvalidArguments, NotFound
from bss.core.models.base import noun_of
from bss.tmf.documents import Json, bare
from bss.tmf.filters import AnyFilter, Filter
from bss.tmf.shapes import Extras, Loose

ROOT = "/tmf-api/"


@dataclass(frozen=True, slots=True)
class Step:
    """One operation that a request comes down to."""

    operation: str
    args: dict[str, Any] = field(default_factory=dict)
    # An argument that wants a new id, and what the id begins with.
    fresh: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """How a resource is made: the shape of its body and the operations it means.

    The first operation makes the row; `made` takes the id from its result.
    """

    body: type[Loose]
    steps: Callable[[Any], list[Step]]
    made: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A resource as it is and as a client wants it."""

    id: str
    was: Json
    now: Json

    def altered(self, name: str) -> bool:
        """True when the client changed that attribute."""
        return self.was.get(name) != self.now.get(name)


Change = Callable[[Changed], list[Step]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A TM Forum resource: a view of rows of the domain, and what may be done with it."""

    name: str
    type_name: str
    # The operation whose permission allows to read it.
    reads: str
    rows: Callable[[], QuerySet[Any]]
    # Rows as TM Forum shows them, each with its id, in a constant number of queries.
    show: Callable[[Sequence[Any]], list[Json]]
    # How its id finds its row.
    key: Filter
    filters: Mapping[str, AnyFilter] = field(default_factory=dict)
    order: Sequence[str] = ("-pk",)
    # The column with the key of the customer it is of; without one, customers see none of it.
    owner: str = ""
    # True when everybody may see all of it.
    public: bool = False
    create: Create | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    delete: Callable[[str], list[Step]] | None = None
    extras: type[Extras] = Extras
    # The operation whose permission allows to change nothing but what is kept beside the domain.
    writes: str = ""
    # Shown under several APIs, its attributes are kept once.
    kept_as: str = ""

    @property
    def kind(self) -> str:
        """Under which its extension attributes are kept."""
        return self.kept_as or self.name

    @property
    def is_patchable(self) -> bool:
        """True when something about it may be changed."""
        return bool(self.changes or self.writes)


@dataclass(frozen=True, kw_only=True)
class Api:
    """One TM Forum API: where it is served and what it serves."""

    number: int
    base: str
    resources: Sequence[Resource]
    aliases: Sequence[str] = ()
    # Adds routes to a router that are no resource of the specification.
    more: Callable[[Any], None] | None = None
    # Events of the domain and what listeners of this API are told instead.
    events: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        apis[self.number] = self
        for resource in self.resources:
            if resource.create and resource.create.made:
                made[resource.kind] = resource.create.made

    def path(self, resource: Resource) -> str:
        """Where a resource is served."""
        return f"{ROOT}{self.base}/{resource.name}"

    def href(self, resource: Resource, public_id: str) -> str:
        """The address of one resource, as the outside reaches it."""
        return f"{settings.BSS.base_url.rstrip('/')}{self.path(resource)}/{public_id}"


apis: dict[int, Api] = {}
# Kinds whose id is not that of what the operation answers with.
made: dict[str, Callable[[Any], str]] = {}


def each(show: Callable[[Any], Json]) -> Callable[[Sequence[Any]], list[Json]]:
    """Rows one by one."""
    return lambda rows: [show(row) for row in rows]


def complete(api: Api, resource: Resource, document: Json, kept: Mapping[str, Any]) -> Json:
    """A representation with its address, its type and what is kept beside the domain."""
    named = {"id": document["id"], "href": api.href(resource, document["id"])}
    beside = {name: value for name, value in kept.items() if name in resource.extras.names()}
    whole = {**named, "@type": resource.type_name, **document, **beside}
    shown: Json = bare(whole)
    return shown


def required(body: Json, names: Iterable[str]) -> None:
    """Refuse a body that lacks one of some attributes."""
    for name in names:
        if body.get(name) in (None, "", [], {}):
            raise InvalidArguments(f"{name}: this attribute is needed.")


def by_id(resource: Resource, rows: QuerySet[Any], public_id: str) -> Any:
    """The row of an id, or NotFound."""
    try:
        found = rows.filter(resource.key.condition("eq", [public_id])).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun_of(rows.model), public_id)
    return found


def visible(resource: Resource, customer_key: int | None) -> Q:
    """The rows that whoever asks may know of."""
    if customer_key is None or resource.public:
        return Q()
    return Q(**{resource.owner: customer_key}) if resource.owner else Q(pk__in=[])
