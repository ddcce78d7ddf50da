"""The parts of a run, in the order in which they may follow each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from .box import Box
from .figures import Figure, Size

PARTS = ("usage", "statements", "http", "orders", "renewals", "reads", "footprint", "growth")
SERVED = {"http", "orders", "renewals", "reads"}

Report = Callable[[str], None]


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
        report("usage in batches …")
        yield from usage_batches.measure(size)
    if "statements" in parts:
        report("statements …")
        for one in (orders, purchases, renewals):
            yield from one.measure_statements(size)
    small = growth.costs(size) if "growth" in parts else {}
    if SERVED & set(parts):
        yield from served_figures(box, size, parts, report)
    if "footprint" in parts:
        report("memory and warm start …")
        yield from footprint.measure()
    if small:
        report("growing …")
        seconds = growth.grow(size, report)
        report("operations with many lines …")
        yield from growth.compare(small, growth.costs(size), seconds, size)


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
    for clients, result in standing.baseline.items():
        beside = f"p50 {result.p50:.1f} ms, p99 {result.p99:.1f} ms"
        yield Figure(f"one-query route, {clients} clients", result.rate, "/s", beside=beside)
    for name, measure in measures.items():
        if name in parts:
            report(f"{name} …")
            yield from measure(standing)
    box.stop_serving()
