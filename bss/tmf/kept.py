"""Resources that the domain has no use for, declared like any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bss.core.clock import iso
from bss.tmf.documents import Json
from bss.tmf.filters import AnyFilter, Id, Inside, Moment
from bss.tmf.models import Document
from bss.tmf.resources import Changed, Create, Resource, Step, each
from bss.tmf.shapes import Extras, Loose


def kept_resource(
    name: str,
    type_name: str,
    body: type[Loose],
    *,
    filters: Sequence[str],
    stamped: str = "",
    defaults: Json | None = None,
) -> Resource:
    """A resource whose documents are kept as they are sent.

    `body` says what its attributes must be; `stamped` names the attribute that tells when it
    last changed, and `defaults` are what attributes are that nobody sent.
    """
    names = {str(field.alias) for field in body.model_fields.values()}
    usual = defaults or {}

    def keep(sent: Any) -> list[Step]:
        document = {**usual, **sent.model_dump(mode="json", by_alias=True, exclude_unset=True)}
        return [Step("document.keep", {"resource": name, "body": document})]

    def change(changed: Changed) -> list[Step]:
        document = {key: value for key, value in changed.now.items() if key in names}
        body.model_validate(document)
        return [Step("document.change", {"document_id": changed.id, "body": document})]

    def remove(public_id: str) -> list[Step]:
        return [Step("document.remove", {"document_id": public_id})]

    def show(document: Document) -> Json:
        moments = {stamped: iso(document.updated_at)} if stamped else {}
        return {"id": document.public_id, **document.body, **moments}

    return Resource(
        name=name,
        type_name=type_name,
        reads="document.get",
        rows=lambda: Document.objects.filter(resource=name),
        show=each(show),
        key=Id("pk", Document),
        filters=by_content(filters) | ({stamped: Moment("updated_at")} if stamped else {}),
        order=("pk",),
        writes="document.change",
        create=Create(body, keep),
        changes=dict.fromkeys(names, change),
        delete=remove,
        extras=Extras,
    )


def by_content(names: Sequence[str]) -> dict[str, AnyFilter]:
    """Filters of attributes of documents."""
    return {name: Inside(name) for name in names}
