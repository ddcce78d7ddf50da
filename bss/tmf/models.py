"""What TM Forum clients send that has no home in the domain."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from bss.core import clock
from bss.core.models import PublicIdModel, PublicIdQuerySet


class Extension(models.Model):
    """Attributes of a row of the domain that only TM Forum clients know, and if they let go."""

    id = models.BigAutoField(primary_key=True)
    resource = models.CharField(max_length=40)
    # The public id of the row, an opaque word here.
    subject = models.CharField(max_length=80)
    attributes = models.JSONField(default=dict)
    # Deleted over an API: there it does not exist any more, whatever the domain keeps of it.
    gone_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "subject"], name="one_extension_of_a_row"),
        ]
        indexes = [
            models.Index(
                fields=["resource"],
                name="extension_gone",
                condition=models.Q(gone_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.subject}"


class Document(PublicIdModel):
    """A resource that the domain has no use for, kept as it was sent."""

    PREFIX = "DOC"
    NOUN = "document"

    resource = models.CharField(max_length=40)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = PublicIdQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["resource", "id"], name="document_of_resource"),
            GinIndex(OpClass("body", "jsonb_path_ops"), name="document_body"),
        ]


class Hub(PublicIdModel):
    """An address that is told what happens in one API."""

    PREFIX = "HUB"
    NOUN = "hub"

    api = models.CharField(max_length=40)
    callback = models.CharField(max_length=500)
    query = models.CharField(max_length=500, blank=True, default="")
    # The client that asked for it, the only one who may see and end it.
    client = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["api", "client", "callback", "query"], name="one_hub_an_address"
            ),
        ]
