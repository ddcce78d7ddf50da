"""What operations cost with few lines, and with a hundred times as many."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from django.db import connection

from .figures import Figure, Size
from .operations import steps
from .plans import Listener, Work, explained
from .population import populate

CHECK = "check: "
MOST_TIMES = 1.5
# A little more of next to nothing is nothing, whatever the ratio says.
FEW_BUFFERS, FEW_MS = 20, 2.0

Report = Callable[[str], None]


@dataclass(slots=True)
class Cost:
    """What an operation took: its median buffers and milliseconds, and large tables it read."""

    buffers: float = 0.0
    ms: float = 0.0
    statements: float = 0.0
    scans: dict[str, int] = field(default_factory=dict)


Costs = dict[str, Cost]


def costs(size: Size) -> Costs:
    """What each operation costs now."""
    settle()
    found: Costs = {}
    for name, step in steps(size.repeats):
        step()
        times = [timed(step) for _ in range(size.repeats)]
        with explained() as listener:
            works = [worked(listener, step) for _ in range(size.repeats)]
        found[name] = Cost(
            buffers=median(work.buffers for work in works),
            ms=1000 * median(times),
            statements=median(work.statements for work in works),
            scans={table: rows for work in works for table, rows in work.scans.items()},
        )
    return found


def settle() -> None:
    """Leave no vacuuming to whoever reads first."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def timed(step: Callable[[], object]) -> float:
    """Seconds that a step takes."""
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def worked(listener: Listener, step: Callable[[], object]) -> Work:
    """What a step costs the database."""
    listener.work = Work()
    step()
    return listener.work


def measure(small: Costs, size: Size, report: Report) -> list[Figure]:
    """Grow, look again, and compare."""
    seconds = grow(size, report)
    report("operations with many lines …")
    return compare(small, costs(size), seconds, size)


def grow(size: Size, report: Report) -> float:
    """Bring in the large population; how many seconds that took."""
    started = time.perf_counter()
    populate(
        lines=size.grown_lines,
        usage=size.grown_usage,
        progress=lambda what, done, total: report(f"growing: {what} {done:,} of {total:,}"),
    )
    return time.perf_counter() - started


def compare(small: Costs, large: Costs, seconds: float, size: Size) -> list[Figure]:
    """The growth of operations, and what the checks of every minute come to."""
    rows = f"{size.grown_lines:,} lines, {size.grown_usage:,} events of usage"
    names = [name for name in small if name in large and not name.startswith(CHECK)]
    return [
        Figure("seed of the large population", seconds, "s", at_most=300, beside=rows),
        *grown({name: (small[name], large[name]) for name in names}),
        checks({name: cost for name, cost in large.items() if name.startswith(CHECK)}),
    ]


def grown(seen: dict[str, tuple[Cost, Cost]]) -> list[Figure]:
    """How much more each operation takes; the worst ones by name."""
    buffers = {name: (before.buffers, after.buffers) for name, (before, after) in seen.items()}
    spent = {name: (before.ms, after.ms) for name, (before, after) in seen.items()}
    scans = {name: after.scans for name, (_, after) in seen.items() if after.scans}
    return [
        growth("buffers an operation, grown", buffers, FEW_BUFFERS),
        growth("milliseconds an operation, grown", spent, FEW_MS),
        Figure(
            "operations that read a large table whole",
            len(scans),
            f"of {len(seen)}",
            at_most=0,
            beside=read_whole(scans),
        ),
    ]


def growth(title: str, seen: dict[str, tuple[float, float]], little: float) -> Figure:
    """The largest growth of one measure."""
    ratios = {name: times(*both, little) for name, both in seen.items()}
    beside = worst(ratios, seen)
    return Figure(title, max(ratios.values()), "×", at_most=MOST_TIMES, beside=beside)


def checks(found: Costs) -> Figure:
    """What the invariants take that are checked every minute, over what changed lately."""
    together = sum(cost.ms for cost in found.values())
    scans = {name.removeprefix(CHECK): cost.scans for name, cost in found.items() if cost.scans}
    beside = read_whole(scans) and f"large tables read whole by {read_whole(scans)}"
    return Figure("checks of every minute, together", together, "ms", at_most=250, beside=beside)


def read_whole(scans: dict[str, dict[str, int]]) -> str:
    """Who reads which large tables from end to end."""
    return "; ".join(f"{name}: {', '.join(sorted(tables))}" for name, tables in scans.items())


def times(before: float, after: float, little: float) -> float:
    """How many times as much; one when the difference is too little to be seen."""
    return 1.0 if after - before <= little else after / max(before, 1e-9)


def worst(grown: dict[str, float], seen: dict[str, tuple[float, float]]) -> str:
    """The operations that grew most, with what they took before and after."""
    most = sorted(grown, key=lambda name: -grown[name])
    told = [name for name in most if grown[name] > MOST_TIMES][:6] or most[:1]
    return "; ".join(f"{name} {seen[name][0]:,.1f} → {seen[name][1]:,.1f}" for name in told)
