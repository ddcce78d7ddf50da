from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AttributesKept(Event):
    name: ClassVar[str] = "tmf.attributes_kept"

    resource: str
    id: str
    attributes: str


@dataclass(frozen=True, kw_only=True)
class ResourceLetGo(Event):
    name: ClassVar[str] = "tmf.resource_let_go"

    resource: str
    id: str


@dataclass(frozen=True, kw_only=True)
class DocumentKept(Event):
    name: ClassVar[str] = "document.kept"

    document_id: str
    resource: str


@dataclass(frozen=True, kw_only=True)
class DocumentChanged(Event):
    name: ClassVar[str] = "document.changed"

    document_id: str
    resource: str


@dataclass(frozen=True, kw_only=True)
class DocumentRemoved(Event):
    name: ClassVar[str] = "document.removed"

    document_id: str
    resource: str


@dataclass(frozen=True, kw_only=True)
class HubRegistered(Event):
    name: ClassVar[str] = "hub.registered"

    hub_id: str
    api: str


@dataclass(frozen=True, kw_only=True)
class HubUnregistered(Event):
    name: ClassVar[str] = "hub.unregistered"

    hub_id: str
    api: str
