"""How the simulated network is to misbehave."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bss.core.models import CodeQuerySet


class FaultRule(models.Model):
    """One kind of fault for one type of task."""

    NOUN = "fault rule"

    class Kind(models.TextChoices):
        """What goes wrong."""

        FAIL_FIRST_ATTEMPT = "fail_first_attempt"
        FAIL_ALWAYS = "fail_always"
        STUCK = "stuck"
        SLOW = "slow"

    id = models.CharField(max_length=60, primary_key=True)
    task_type = models.CharField(max_length=40)
    fault_type = models.CharField(max_length=20, choices=Kind.choices)
    probability = models.FloatField(default=1.0)
    enabled = models.BooleanField(default=False)

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1),
                name="fault_probability",
            ),
            models.CheckConstraint(
                condition=Q(
                    fault_type__in=[
                        "fail_first_attempt",
                        "fail_always",
                        "stuck",
                        "slow",
                    ]
                ),
                name="fault_type_known",
            ),
            models.UniqueConstraint(fields=["task_type", "fault_type"], name="one_fault_of_a_type"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def public_id(self) -> str:
        """The key people know."""
        return self.id
