"""The parts of a run, in the order in which they may follow each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from .box import Box
from .figures import Figure, Size, Unmeasured, unmeasured

PARTS = ("usage", "statements", "http", "orders", "renewals", "reads", "footprint", "growth")
SERVED = {"http", "orders", "renewals", "reads"}

Report = Callable[[str], None]
Measure = Callable[[], list[Figure]]


def run(box: Box, size: Size, parts: Collection[str], report: Report) -> list[Figure]:
    """The figures of some parts. Django must be set up for the box already."""
    from bss.core.context import Context, acting

    with acting(Context(actor="bench", channel="cli")):
        return list(figures(box, size, parts, report))


def figures(box: Box, size: Size, parts: Collection[str], report: Report) -> Iterator[Figure]:
    """What each part has to say; the growth last, as nothing is small after it."""
    from . import footprint, growth, orders, purchases, renewals, usage_batches
    from .population import populate

    report("populating …")
    populate(lines=size.lines, usage=size.usage)
    if "usage" in parts:
        yield from tried("usage in batches", lambda: usage_batches.measure(size), report)
    if "statements" in parts:
        for one in (orders, purchases, renewals):
            yield from tried("statements", partial(one.measure_statements, size), report)
    small = growth.costs(size) if "growth" in parts else {}
    if SERVED & set(parts):
        yield from served_figures(box, size, parts, report)
    if "footprint" in parts:
        yield from tried("memory and start", footprint.measure, report)
    if small:
        yield from tried("growth", partial(growth.measure, small, size, report), report)


def tried(part: str, measure: Measure, report: Report) -> list[Figure]:
    """The figures of a part, or why it could not be measured."""
    report(f"{part} …")
    try:
        return measure()
    except Unmeasured as reason:
        return [unmeasured(part, reason)]


def served_figures(
    box: Box, size: Size, parts: Collection[str], report: Report
) -> Iterator[Figure]:
    """What is measured over HTTP, or with a worker; both are gone afterwards."""
    from . import orders, reads, renewals, served, usage_singles

    report("starting a web server and a worker …")
    standing = served.serve(box, size)
    measures = {
        "http": usage_singles.measure,
        "orders": orders.measure,
        "renewals": renewals.measure,
        "reads": reads.measure,
    }
    for name, measure in measures.items():
        if name in parts:
            yield from tried(name, partial(measure, standing), report)
    box.stop_serving()
