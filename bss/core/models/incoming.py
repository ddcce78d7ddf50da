"""What is on its way into an empty installation."""

from __future__ import annotations

from django.db import models


class IncomingLine(models.Model):
    """One row of an export, until all of them are here."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=63)
    # How many of its table come before it.
    number = models.BigIntegerField()
    line = models.TextField()

    class Meta:
        db_table = "core_incomingline"
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="incoming_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.number}"
