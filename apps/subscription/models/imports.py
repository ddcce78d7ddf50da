"""What was taken over from the former books."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ImportedRecord(models.Model):
    """One customer or line of the former books, and what it became here, once."""

    SECRETS = frozenset({"digest"})

    class Kind(models.TextChoices):
        """What it is."""

        CUSTOMER = "customer"
        LINE = "line"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Its id in the former books.
    reference = models.CharField(max_length=80)
    # Of what the file said, keyed with the installation's secret.
    digest = models.CharField(max_length=64)
    public_id = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="imported_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["customer", "line"]), name="imported_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
