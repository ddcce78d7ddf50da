"""What is on its way into an empty installation."""

from __future__ import annotations

from django.db import models


class IncomingLine(models.Model):
    """One row of an export, until all of them are here."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=63, db_index=True)
    line = models.TextField()

    class Meta:
        db_table = "core_incomingline"

    def __str__(self) -> str:
        return f"{self.table} {self.id}"
