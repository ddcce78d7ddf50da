"""How lines begin and end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from .declaring import Column, Report, found, share
from .spans import Spans, running

# One reading of all lines, whatever the number of spans: a line falls between two edges each way.
_LIVES = """
SELECT width_bucket(activated_at, %(edges)s::timestamptz[]),
    width_bucket(terminated_at, %(edges)s::timestamptz[]), end_code = 'ported_out', count(*)
FROM subscription_subscription WHERE activated_at IS NOT NULL GROUP BY 1, 2, 3
"""
# A line is activated when its money is captured, so one index tells both.
_FIRST_CHARGES = """
SELECT width_bucket(captured_at, %(edges)s::timestamptz[]), sum(amount)
FROM payments_payment
WHERE state = 'captured' AND captured_at >= %(first)s AND purpose = 'activation' GROUP BY 1
"""
ACTIVATIONS = Report(
    "activations",
    "Lines activated",
    (
        Column("from", "From", "date"),
        Column("activated", "Activated", "count"),
        Column("kept", "Of these still ours", "count"),
        Column("charged", "First charges", "money"),
    ),
    series=("activated",),
    summed=("activated", "kept", "charged"),
)
CHURN = Report(
    "churn",
    "Lines that left",
    (
        Column("from", "From", "date"),
        Column("before", "Lines before", "count"),
        Column("activated", "Activated", "count"),
        Column("ended", "Ended", "count"),
        Column("ported_out", "Of these ported out", "count"),
        Column("after", "Lines after", "count"),
        Column("churn", "Churn", "percent"),
    ),
    series=("churn",),
    summed=("activated", "ended", "ported_out"),
)


@dataclass(frozen=True, slots=True)
class Lives:
    """What became of the lines in each span; a line is ours from its activation to its end."""

    activated: Counter[int]
    kept: Counter[int]
    ended: Counter[int]
    ported_out: Counter[int]
    # Lines that were ours at each edge.
    ours: list[int]


def lives(spans: Spans) -> Lives:
    """How many lines began, ended and were ours."""
    activated, kept, ended, ported = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for begun, over, ported_out, count in found(_LIVES, {"edges": spans.edges}):
        activated[begun] += count
        if over is None:
            kept[begun] += count
        else:
            ended[over] += count
            ported[over] += count if ported_out else 0
    changes = [*activated.items(), *((place, -count) for place, count in ended.items())]
    return Lives(activated, kept, ended, ported, running(changes, len(spans.edges)))


def activations(spans: Spans) -> dict[str, Any]:
    """How many lines came into service, and what their first periods cost."""
    told = lives(spans)
    parameters = {"edges": spans.edges, "first": spans.edges[0]}
    charged = dict(found(_FIRST_CHARGES, parameters))
    return ACTIVATIONS.of(
        (day, told.activated[place], told.kept[place], charged.get(place, 0))
        for place, day in enumerate(spans.days, 1)
    )


def churn(spans: Spans) -> dict[str, Any]:
    """How many lines ended, of those that were ours when the span began."""
    told = lives(spans)
    return CHURN.of(
        (
            day,
            told.ours[place - 1],
            told.activated[place],
            told.ended[place],
            told.ported_out[place],
            told.ours[place],
            share(told.ended[place], told.ours[place - 1]),
        )
        for place, day in enumerate(spans.days, 1)
    )
