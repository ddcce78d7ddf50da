"""The history of numbers."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from .lines import Subscription


class NumberAssignment(models.Model):
    """Which line held a number from when to when."""

    id = models.BigAutoField(primary_key=True)
    msisdn = models.CharField(max_length=15)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="numbers")
    valid = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_line_holds_a_number",
                expressions=[("msisdn", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["msisdn"], name="number_assignment_msisdn")]

    def __str__(self) -> str:
        return f"{self.msisdn} {self.valid}"
