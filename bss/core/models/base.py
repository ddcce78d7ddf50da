"""What every domain model stands on: public ids, locks in one way, lifecycles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models

from bss.core import clock
from bss.core.errors import Conflict, NotFound
from bss.core.ids import format_id, parse_id
from bss.core.invocation import PendingMove, running
from bss.core.lifecycle import Lifecycle


class CodeQuerySet(models.QuerySet[Any]):
    """Rows found and locked by a key people know (`PLAN_S`)."""

    def _key(self, public_id: object) -> Any:
        return public_id

    def _one(self, public_id: object) -> Any:
        row = self.filter(pk=self._key(public_id)).first()
        if row is None:
            raise NotFound(noun_of(self.model), public_id)
        return row

    def get_by_id(self, public_id: object) -> Any:
        """The row of that id, or NotFound."""
        return self._one(public_id)

    def lock(self, public_id: object) -> Any:
        """The row of that id locked against other writers until the transaction ends."""
        return self.locking().order_by("pk")._one(public_id)

    def lock_all(self, public_ids: Iterable[object]) -> list[Any]:
        """The rows of those ids, locked in key order so that two callers cannot deadlock."""
        keys = [self._key(public_id) for public_id in public_ids]
        return list(self.locking().filter(pk__in=keys).order_by("pk"))

    def locking(self, skip_locked: bool = False) -> Self:
        """This query with FOR NO KEY UPDATE on its own rows."""
        return self.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)


class PublicIdQuerySet(CodeQuerySet):
    """Rows found and locked by public id (`SUB-000123`) or by integer key."""

    def _key(self, public_id: object) -> int:
        if isinstance(public_id, int):
            return public_id
        return parse_id(public_id, self.model.PREFIX, noun_of(self.model), self.model.DIGITS)


def noun_of(model: type[models.Model]) -> str:
    """The word refusals use for a model."""
    return str(getattr(model, "NOUN", "") or model._meta.model_name)


class PublicIdModel(models.Model):
    """A row known outside as `<PREFIX>-<key>`."""

    PREFIX: ClassVar[str]
    DIGITS: ClassVar[int] = 6

    id = models.BigAutoField(primary_key=True)
    objects = PublicIdQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """The id the outside world uses."""
        return format_id(self.PREFIX, self.id, self.DIGITS)

    @classmethod
    def public_id_of(cls, key: int | None) -> str | None:
        """The public id of a key, without loading its row."""
        return None if key is None else format_id(cls.PREFIX, key, cls.DIGITS)

    def follow_up(self, **changes: Any) -> None:
        """Save some fields and nothing else."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=list(changes))


_MOVED = ("state", "state_reason", "state_changed_at")


class LifecycleModel(PublicIdModel):
    """A row whose state moves only along its LIFECYCLE table."""

    LIFECYCLE: ClassVar[Lifecycle]

    state = models.CharField(max_length=32)
    state_reason = models.CharField(max_length=200, blank=True, default="")
    state_changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.__dict__.get("state") == "":
            self.state = str(self.LIFECYCLE.initial)

    def move(self, trigger: str, reason: str = "", also: Iterable[str] = ()) -> Self:
        """Take a transition and write it down; fields named in `also` are saved with it.

        Raises the lifecycle's rule when the table has no such transition from this state, and
        Conflict when the row left this state since it was read: it was not locked.
        """
        was = self.state
        self.state = self.LIFECYCLE.target(self.public_id, was, trigger)
        self.state_reason = reason[:200]
        self.state_changed_at = clock.now()
        fields: list[Any] = [self._meta.get_field(name) for name in (*_MOVED, *also)]
        values = {field.attname: field.pre_save(self, False) for field in fields}
        if not type(self)._base_manager.filter(pk=self.pk, state=was).update(**values):
            self.state = was
            raise Conflict("state.changed", f"{self.public_id} is no longer {was}; read it again.")
        running().moves.append(PendingMove(self.public_id, trigger, was, self.state, reason))
        return self

    def can(self, trigger: str) -> bool:
        """True when the table offers that trigger now."""
        return trigger in self.LIFECYCLE.triggers(self.state)


def note_moves(rows: Iterable[LifecycleModel], trigger: str, was: str, *, reason: str = "") -> None:
    """Keep the history of rows that one statement moved together, each to its state now."""
    running().moves.extend(
        PendingMove(row.public_id, trigger, str(was), str(row.state), reason) for row in rows
    )
