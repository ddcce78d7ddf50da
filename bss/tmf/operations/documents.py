"""Resources that the domain has no use for."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation
from bss.tmf.events import DocumentChanged, DocumentKept, DocumentRemoved
from bss.tmf.models import Document

Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+$", max_length=40)]


def document_view(document_id: str) -> dict[str, Any]:
    """One document as it was sent."""
    document = Document.objects.get_by_id(document_id)
    return {"id": document.public_id, "resource": document.resource, **document.body}


@operation("document.get", effect="read", roles="care supervisor engineer finance catalog_manager")
def get(*, document_id: str) -> dict[str, Any]:
    """Show a resource that is kept for other systems."""
    return document_view(document_id)


@operation("document.keep", roles="supervisor catalog_manager", result=document_view)
def keep(*, resource: Kind, body: dict[str, Any]) -> Document:
    """Keep a resource that other systems need and we do not."""
    document = Document.objects.create(resource=resource, body=body)
    publish(
        DocumentKept(document_id=document.public_id, resource=resource),
        aggregate=document,
        summary=f"{resource} kept for other systems",
    )
    return document


@operation("document.change", roles="supervisor catalog_manager", result=document_view)
def change(*, document_id: str, body: dict[str, Any]) -> Document:
    """Replace what is kept of such a resource."""
    document: Document = Document.objects.lock(document_id)
    document.follow_up(body=body, updated_at=clock.now())
    publish(
        DocumentChanged(document_id=document.public_id, resource=document.resource),
        aggregate=document,
        summary=f"{document.resource} changed by another system",
    )
    return document


@operation("document.remove", effect="destructive", roles="supervisor catalog_manager")
def remove(*, document_id: str) -> dict[str, Any]:
    """Forget a resource that is kept for other systems."""
    document: Document = Document.objects.lock(document_id)
    publish(
        DocumentRemoved(document_id=document.public_id, resource=document.resource),
        aggregate=document,
        summary=f"{document.resource} removed by another system",
    )
    shown = {"id": document.public_id, "resource": document.resource}
    Document.objects.filter(pk=document.pk).delete()
    return shown
