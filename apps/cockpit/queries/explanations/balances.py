"""How the balance of a kind came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from apps.rating.models import Usage
from apps.subscription.models import Bucket, Grant, Subscription
from apps.subscription.rules import UNLIMITED
from bss.core.clock import iso

from .figures import STORED, Figure, Part
from .records import Records

ENDED = ("released", "used")


class Balance:
    """One bucket of a line, and all that was ever put into it and taken out."""

    def __init__(self, records: Records, bucket: Bucket) -> None:
        self.records, self.bucket, self.kind = records, bucket, bucket.kind
        self.unit = STORED[bucket.kind]
        self.grants = [grant for grant in records.grants if grant.kind == bucket.kind]
        self.keys = {grant.pk: grant for grant in self.grants}
        changes = records.changes.values()
        self.changes = [change for change in changes if change.kind == bucket.kind]

    def holding(self) -> list[Grant]:
        """The grants that may be used now."""
        now = self.records.now
        return [one for one in self.grants if one.valid_from <= now < one.expires_at]

    def granted_by(self, grant: Grant) -> tuple[str, int | None]:
        """What a grant comes from in words, and how much that gives; None when nothing tells."""
        origin, _, rest = grant.source.partition("/")
        if origin == "period":
            period = rest.partition("/")[2].rpartition("/")[0]
            plan = self.records.sold_as(period)
            return f"{plan}, period from {period[:10]}", self.records.allowances.get(
                (plan, self.kind)
            )
        if origin == "topup":
            sold = self.records.top_ups.get(grant.source)
            return (f"{sold.name} ({sold.public_id})", sold.quantity) if sold else (origin, None)
        change = self.records.changes.get(rest.partition("/")[0])
        if change is None:
            return grant.source, None
        who = f"{change.public_id} by {change.made_by}: {change.reason}"
        return f"{change.action} {who}", self.handed_over(grant, change.quantity)

    def handed_over(self, grant: Grant, quantity: int) -> int:
        """The part of what a change hands over that one of its grants has; the first has the rest.

        A transfer keeps the ends of what it was taken from, so it may be several grants.
        """
        group = grant.source.rpartition("/")[0] + "/"
        others = [one for one in self.grants if one.source.startswith(group)]
        if grant.pk != others[0].pk:
            return int(grant.total)
        return quantity - sum(one.total for one in others[1:])

    @cached_property
    def figures(self) -> list[Figure]:
        """All that must add up."""
        return list(self._figures())

    def _figures(self) -> Iterator[Figure]:
        yield from self.each_grant()
        if (remaining := self.remaining()) is not None:
            yield remaining
        yield self.figure("used, by grant", self.bucket.used, self.used_from())
        yield self.figure("used, by event", self.bucket.used, self.used_by())
        yield self.figure("beyond the bundle", self.bucket.overshoot, self.beyond())
        gone, back = self.went("transferred"), self.went("revoked")
        yield self.figure("given away or kept apart", gone, self.given_away())
        yield self.figure("taken back", back, self.taken_back())

    def figure(self, name: str, stated: int, parts: Iterable[Part]) -> Figure:
        """A figure of this kind."""
        return Figure(f"{self.kind} {name}", self.unit, stated, tuple(parts))

    def each_grant(self) -> Iterator[Figure]:
        """What was granted is what its origin gives, and nothing is left of what is closed."""
        for grant in self.grants:
            words, expected = self.granted_by(grant)
            parts = () if expected is None else (Part(words, expected, grant.source),)
            yield self.figure(f"granted by {grant.source}", grant.total, parts)
            if grant.closed_at and grant.total != UNLIMITED:
                yield self.figure(f"left of {grant.source}, which is over", grant.left, ())

    def remaining(self) -> Figure | None:
        """What is left now, from what was granted and what became of it."""
        stated = self.records.left[self.kind]
        if stated == UNLIMITED:
            return None
        return self.figure("left now", stated, self.left_parts())

    def left_parts(self) -> Iterator[Part]:
        holding = self.holding()
        for grant in holding:
            words, expected = self.granted_by(grant)
            yield Part(words, expected or 0, grant.source)
        for words, value in (
            ("used", sum(grant.used for grant in holding)),
            ("given away or kept apart", sum(grant.transferred for grant in holding)),
            ("taken back", sum(grant.revoked for grant in holding)),
        ):
            if value:
                yield Part(words, -value)

    def used_from(self) -> Iterator[Part]:
        """What each grant gave, and what none covered."""
        holding = {grant.pk for grant in self.holding()}
        for grant in self.grants:
            if grant.pk in holding and grant.used:
                yield Part(self.granted_by(grant)[0], grant.used, grant.source)
        before = sum(grant.used for grant in self.grants if grant.pk not in holding)
        yield from some("what is over by now", before)
        yield from some("beyond the bundle", self.bucket.overshoot)

    def used_by(self) -> Iterator[Part]:
        """The latest events one by one, the others by period."""
        mine = [usage for usage in self.records.latest if usage.kind == self.kind]
        for usage in mine:
            yield Part(words_of(usage), usage.quantity, usage.public_id)
        for row in self.counted():
            shown = [usage for usage in mine if usage.period_start == row.period_start]
            rest = row.events - len(shown)
            words = f"{rest} {'earlier ' if shown else ''}events, period from {day(row)}"
            yield from some(words, row.quantity - sum(usage.quantity for usage in shown))

    def beyond(self) -> Iterator[Part]:
        """What nothing covered, by period."""
        for row in self.counted():
            yield from some(f"period from {day(row)}", row.overshoot)

    def counted(self) -> list[Any]:
        """The sums of the events of this kind."""
        return [row for row in self.records.counted if row.kind == self.kind]

    def went(self, column: str) -> int:
        """What left all grants in one way."""
        return sum(getattr(grant, column) for grant in self.grants)

    def given_away(self) -> Iterator[Part]:
        """Transfers to other lines, and reservations that are held."""
        for change in self.changes:
            if change.subscription_id != self.records.line.pk:
                continue
            if change.action == "transfer":
                to = Subscription.public_id_of(change.receiver_id)
                yield Part(f"to {to}: {change.reason}", change.quantity, change.public_id)
            if change.action == "reserve" and change.state == "held":
                yield Part(f"reserved: {change.reason}", change.quantity, change.public_id)

    def taken_back(self) -> Iterator[Part]:
        """Corrections, used reservations, and what was revoked."""
        for change in self.changes:
            if change.action == "adjust" and change.quantity < 0:
                words = f"by {change.made_by}: {change.reason}"
                yield Part(words, -change.quantity, change.public_id)
            if change.action == "reserve" and change.state in ENDED:
                taken = self.lost_in(change)
                yield from some(f"reservation {change.state}", taken, change.public_id)
        told = {}
        for event in self.records.told("subscription.grant_revoked"):
            if event.payload["kind"] == self.kind and event.payload["quantity"] > 0:
                told[event.payload["source"]] = event
                words = f"{event.payload['reason']}, {event.payload['source']}"
                yield Part(words, event.payload["quantity"], f"event {event.id}")
        yield from self.taken_at_the_end(told)

    def taken_at_the_end(self, told: dict[str, Any]) -> Iterator[Part]:
        """What a line lost when it ended, where no event tells it."""
        line = self.records.line
        for grant in self.grants:
            silent = grant.closed_at and grant.closed_at == line.terminated_at
            if silent and grant.source not in told and grant.total != UNLIMITED:
                left = grant.total - grant.used - grant.expired - grant.transferred
                yield from some("the line ended", left, grant.source)

    def lost_in(self, change: Any) -> int:
        """What of a reservation that ended was taken back rather than given back or expired."""
        ended = [
            event.at
            for event in self.records.told("bucket.released")
            if event.payload["change_id"] == change.public_id
        ]
        lost = 0
        for key, taken in change.parts if ended else ():
            grant = self.keys.get(key)
            if grant is None:
                continue
            over = grant.closed_at is not None and grant.closed_at <= ended[-1]
            if not (over and grant.expires_at <= ended[-1]):
                lost += taken if over or change.state == "used" else 0
        return lost

    def told(self) -> dict[str, Any]:
        """The balance as answers carry it."""
        return {
            "id": self.bucket.public_id,
            "kind": self.kind,
            "unit": self.unit,
            "remaining": self.records.left[self.kind],
            "used": self.bucket.used,
            "overshoot": self.bucket.overshoot,
            "writtenOff": sum(
                one.quantity for one in self.records.write_offs if one.kind == self.kind
            ),
            "grants": [self.show(grant) for grant in self.grants],
            "figures": [figure.told() for figure in self.figures],
        }

    def show(self, grant: Grant) -> dict[str, Any]:
        """A grant and what became of it."""
        return {
            "source": grant.source,
            "from": self.granted_by(grant)[0],
            "total": grant.total,
            "used": grant.used,
            "expired": grant.expired,
            "transferred": grant.transferred,
            "revoked": grant.revoked,
            "left": grant.left,
            "validFrom": iso(grant.valid_from),
            "expiresAt": iso(grant.expires_at),
            "zone": grant.zone or None,
            "holds": grant in self.holding(),
        }


def some(words: str, value: int, of: str = "") -> Iterator[Part]:
    """A part, if there is anything of it."""
    if value:
        yield Part(words, value, of)


def words_of(usage: Usage) -> str:
    """An event in a few words."""
    where = f" in {usage.visited_country}" if usage.visited_country else ""
    late = ", late" if usage.received_at.date() > usage.at.date() else ""
    return f"{usage.event_type}{where} at {usage.at:%Y-%m-%d %H:%M}{late} ({usage.event_key})"


def day(row: Any) -> str:
    """When a period began."""
    return f"{row.period_start:%Y-%m-%d}" if row.period_start else "before"
