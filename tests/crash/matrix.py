"""The matrix: a journey crashed at each of its points, recovered, asked for again, and judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bss.core import sending
from bss.core.calls import Outcome
from bss.core.errors import BssError, Conflict
from bss.core.models import Call, Request
from bss.core.operations import run_internal
from tests import books
from tests.crash import journeys
from tests.crash.harness import live, recover, sent_twice
from tests.crash.journeys import Journey
from tests.crash.sabotage import together
from tests.previews import dumps

# Webhooks repeat what the answer said; a mailbox has none.
TELLING_TWICE = ("cards", "network", "esim", "porting")


@dataclass
class Matrix:
    """One journey, how it goes when nobody dies, and what went wrong when somebody did."""

    journey: Journey
    workers: int = 1
    points: int = 0
    undisturbed: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    failures: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, journey: Journey) -> Matrix:
        """A matrix whose points are counted in a run in which nobody dies."""
        matrix = cls(journey)
        subject, before = journey.prepare(), journeys.marks()
        points = live(lambda: journey.whole(subject))
        assert points is not None
        matrix.points = points
        matrix.undisturbed = journeys.traces(before)
        assert matrix.complaints(subject, before) == []
        return matrix

    def crash(self, at: Iterable[int], again: int = 0) -> None:
        """Crash at each of some points; with `again` also at every so many-th of the recovery."""
        for point in at:
            self._run(f"{point}", [point])
            if again:
                self._crash_recovery(point, again)

    def crash_until_caught(self, at: Iterable[int]) -> bool:
        """Crash at some points, one after the other, until something is found to be wrong."""
        return any(self.crash([point]) or self.failures for point in at)

    def _crash_recovery(self, point: int, every: int) -> None:
        second = every
        while self._run(f"{point}+{second}", [point, second]):
            second += every

    def _run(self, name: str, deaths: list[int]) -> bool:
        """One life with its deaths; False when the last of them did not happen any more."""
        self.runs += 1
        sending.reset_breakers()
        subject, before = self.journey.prepare(), journeys.marks()
        try:
            died = [self._die(subject, *number) for number in enumerate(deaths)]
            self._recover(subject, impatient=deaths[0] % 2 == 1)
            found = self.complaints(subject, before)
            found += self._told_again(subject, before)
        except (AssertionError, BssError) as failure:
            died, found = [True], [f"{getattr(failure, 'code', 'failed')}: {failure}"]
        if found:
            self.failures[name] = found
        return died[-1]

    def _die(self, subject: str, life: int, point: int) -> bool:
        def first() -> None:
            self.journey.whole(subject)

        def later() -> None:
            recover()
            self.journey.whole(subject)

        return live(later if life else first, die_at=point) is None

    def _recover(self, subject: str, *, impatient: bool) -> None:
        if impatient:
            self._ask_too_early(subject)
        self._work()
        self.journey.ask(subject)
        self._work()

    def _work(self) -> None:
        if self.workers == 1:
            recover()
        else:
            together(self.workers, recover)

    def _told_again(self, subject: str, before: dict[str, int]) -> list[str]:
        """What changes when every provider tells once more what it told already."""
        counted = dumps.dump()
        for call in Call.objects.filter(pk__gt=before["call"], gateway__in=TELLING_TWICE):
            told = {"outcome": Outcome(**call.outcome), **call.then_args}
            run_internal(call.then, told)
        changed = [table for table in dumps.difference(counted)]
        return [f"telling an outcome twice changed {table}" for table in changed]

    def _ask_too_early(self, subject: str) -> None:
        try:
            self.journey.ask(subject)
        except Conflict as busy:
            if busy.code != "request.in_progress":
                raise

    def complaints(self, subject: str, before: dict[str, int]) -> list[str]:
        """Everything that is not as if nobody had died."""
        end = self.journey.ended(subject)
        return [
            *([] if end == self.journey.ends else [f"{subject} ended {end}"]),
            *books.complaints(),
            *books.repeated_letters(),
            *unanswered(),
            *self._unlike_undisturbed(before),
            *sent_twice(),
        ]

    def _unlike_undisturbed(self, before: dict[str, int]) -> Iterator[str]:
        seen = journeys.traces(before)
        for difference in books.differences("trace", seen, self.undisturbed):
            if not re.search(self.journey.may_differ, difference):
                yield difference

    def report(self) -> str:
        """The line that is printed."""
        return (
            f"{self.journey.name}: {self.points} points, {self.runs} runs, "
            f"{len(self.failures)} failed"
        )


def unanswered() -> Iterator[str]:
    """Keys for which a client would wait for ever."""
    for request in Request.objects.exclude(state="done"):
        yield f"request {request.key} is {request.state} with {request.open_calls} open calls"
