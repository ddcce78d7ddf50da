"""`bss external-calls`: what was asked of the outside world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from apps.cockpit.queries.slots import moment
from apps.cockpit.terminal.doing import carry_out
from apps.cockpit.terminal.how import READING, How, with_how
from bss.core import clock
from bss.core.models import OperatorProfile
from bss.core.registry import find

app = typer.Typer(add_completion=False)
Provider = Annotated[str | None, typer.Option("--provider", "-p", help="Only this gateway.")]
About = Annotated[str | None, typer.Option("--aggregate", "-a", help="Only about this id.")]
Since = Annotated[str | None, typer.Option(help="30s, 5m, 1h, 7d, or a moment.", metavar="MOMENT")]
Failures = Annotated[bool, typer.Option("--failures", help="Only refused, unknown or parked.")]
Month = Annotated[bool, typer.Option("--month-to-date", help="Count this month's by gateway.")]
Most = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")]


@app.command("external-calls")
@with_how(READING)
def external_calls(
    provider: Provider = None,
    aggregate: About = None,
    since: Since = None,
    failures: Failures = False,
    month_to_date: Month = False,
    limit: Most = 50,
    *,
    how: How,
) -> None:
    """List what was asked of the outside world, newest first, done or not."""
    given = {"gateway": provider, "about": aggregate, "failures": failures}
    if month_to_date:
        carry_out(find("call.count"), counted(given), how)
    else:
        carry_out(find("call.list"), listed(given, since, limit), how)


def counted(given: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """Counting since the first day of the month, as the operator's calendar has it."""

    def arguments() -> dict[str, Any]:
        today = clock.now().astimezone(ZoneInfo(OperatorProfile.load().zone))
        first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return {**given, "since": first}

    return arguments


def listed(given: dict[str, Any], since: str | None, limit: int) -> Callable[[], dict[str, Any]]:
    """Listing calls in any state."""
    start = {"since": moment(since, ago=True)} if since else {}
    return lambda: {**given, **start, "state": "any", "limit": limit}
