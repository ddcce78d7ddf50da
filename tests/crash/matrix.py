"""The matrix: a journey crashed at each of its points, recovered, asked for again, and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bss.core import sending
from bss.core.errors import Conflict
from bss.core.models import Request
from tests import books
from tests.crash import journeys
from tests.crash.harness import live, recover, sends
from tests.crash.journeys import Journey


@dataclass
class Matrix:
    """One journey, how it goes when nobody dies, and what went wrong when somebody did."""

    journey: Journey
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
        assert matrix.complaints(subject, before, deaths=0) == []
        return matrix

    def crash(self, at: Iterable[int], again: int = 0) -> None:
        """Crash at each of some points; with `again` also at every so many-th of the recovery."""
        for point in at:
            self._run(f"{point}", [point])
            if again:
                self._crash_recovery(point, again)

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
            found = self.complaints(subject, before, deaths=sum(died))
        except AssertionError as failure:
            died, found = [True], [str(failure)]
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
        recover()
        self.journey.ask(subject)
        recover()

    def _ask_too_early(self, subject: str) -> None:
        try:
            self.journey.ask(subject)
        except Conflict as busy:
            if busy.code != "request.in_progress":
                raise

    def complaints(self, subject: str, before: dict[str, int], *, deaths: int) -> list[str]:
        """Everything that is not as if nobody had died."""
        end = self.journey.ended(subject)
        return [
            *([] if end == self.journey.ends else [f"{subject} ended {end}"]),
            *books.complaints(),
            *unanswered(),
            *books.differences("trace", journeys.traces(before), self.undisturbed),
            *sent_too_often(deaths),
        ]

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


def sent_too_often(deaths: int) -> Iterator[str]:
    """Keys that were sent more often than a death can explain."""
    for key, count in sends().items():
        if count > 1 + deaths:
            yield f"{key} was sent {count} times in {1 + deaths} lives"
