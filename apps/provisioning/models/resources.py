"""Both pools as one list, for whoever does not care which it is."""

from __future__ import annotations

from django.db import models

from bss.core.models import CodeQuerySet


class PooledResource(models.Model):
    """A number or a profile; a view of the two tables, nobody writes it."""

    NOUN = "resource"

    # The number itself, or the ICCID.
    id = models.CharField(primary_key=True, max_length=20)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=32)
    owner = models.CharField(max_length=40)
    msisdn = models.CharField(max_length=15)
    imsi = models.CharField(max_length=15)
    is_locked = models.BooleanField()

    objects = CodeQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "provisioning_pooledresource"

    def __str__(self) -> str:
        return self.id
