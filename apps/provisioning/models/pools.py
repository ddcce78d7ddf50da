"""What both pools share."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists

from bss.core import clock
from bss.core.errors import NotFound
from bss.core.models import PublicIdQuerySet


class PoolQuerySet(PublicIdQuerySet):
    """Rows known by the number the whole industry knows them by, not by a key of ours."""

    def _one(self, code: object) -> Any:
        row = self.filter(**{self.model.CODE: str(code)}).first()
        if row is None:
            raise NotFound(self.model.NOUN, code)
        return row

    def available(self) -> Self:
        """Rows that anyone may have."""
        return self.filter(state="available")

    def owned_by(self, owner: str) -> Self:
        """Rows that an owner holds, whatever their state."""
        return self.filter(owner=owner)

    def take_free(self) -> Any:
        """The lowest free row, locked; rows that others are just taking are passed over.

        It comes with the answer to whether the pool stays above its mark without it, so that
        nobody has to count while there are plenty.
        """
        behind = settings.BSS.number_pool_low + 1
        others = self.model.objects.available().order_by()[behind : behind + 1]
        free = self.available().annotate(leaves_enough=Exists(others))
        return free.locking(skip_locked=True).order_by(self.model.CODE).first()

    def lock_codes(self, codes: list[str]) -> list[Any]:
        """The rows of those codes, locked in the order in which everybody locks them."""
        rows = self.filter(**{f"{self.model.CODE}__in": codes})
        return list(rows.locking().order_by(self.model.CODE))

    def count_up_to(self, limit: int) -> int:
        """How many free rows there are, without counting on beyond a limit."""
        return self.available().order_by()[:limit].count()


class PoolAlarm(models.Model):
    """A pool that was reported low and has not been filled up since."""

    pool = models.CharField(max_length=10, primary_key=True)
    raised_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.pool
