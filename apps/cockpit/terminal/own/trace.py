"""`bss trace`: what happened behind one request, as lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.text import Text

from bss.core import traces
from bss.core.models import Span
from bss.core.operations import invoke

from ..cards import frames
from ..how import READING, How, Json, identity, with_how
from ..output import console, print_json
from ..swimlane import swimlane

app = typer.Typer(help="Show what happened behind a request, step by step.", add_completion=False)
Width = Annotated[int | None, typer.Option(help="Columns to draw in.")]
Service = Annotated[str | None, typer.Option(help="Only this service.")]
Sql = Annotated[bool, typer.Option("--show-sql", help="Database statements too.")]


@app.command()
@with_how(READING)
def get(
    trace_id: Annotated[str, typer.Argument()],
    width: Width = None,
    service: Service = None,
    show_sql: Sql = False,
    *,
    how: How,
) -> None:
    """Show a trace by its id."""
    with identity(how.acting_as):
        found = invoke("trace.get", {"trace_id": trace_id}).result
    draw(found, how, Look(width, service, show_sql))


@app.command("for-order")
@with_how(READING)
def for_order(
    order_id: Annotated[str, typer.Argument()],
    width: Width = None,
    service: Service = None,
    show_sql: Sql = False,
    *,
    how: How,
) -> None:
    """Show how an order was carried out."""
    of_aggregate(order_id, how, Look(width, service, show_sql))


@app.command("for-subscription")
@with_how(READING)
def for_subscription(
    subscription_id: Annotated[str, typer.Argument()],
    width: Width = None,
    service: Service = None,
    show_sql: Sql = False,
    *,
    how: How,
) -> None:
    """Show how a line came to be."""
    of_aggregate(subscription_id, how, Look(width, service, show_sql))


@dataclass(frozen=True)
class Look:
    """How lanes are to be drawn."""

    width: int | None
    service: str | None
    sql: bool


def of_aggregate(public_id: str, how: How, look: Look) -> None:
    """The trace that made an order or a line."""
    with identity(how.acting_as):
        found = invoke("trace.get", {"trace_id": traces.trace_of(public_id)}).result
    draw(found, how, look)


@app.command()
def services(as_json: Json = False) -> None:
    """List the services that steps were recorded for."""
    found = sorted(Span.objects.order_by().values_list("service", flat=True).distinct())
    if as_json:
        print_json(found)
    else:
        console().print(Text("\n".join(found) or "none", style=frames.ACCENT))


def draw(trace: dict[str, Any], how: How, look: Look) -> None:
    """The lanes, or the trace itself for programs."""
    if how.as_json:
        print_json(trace)
        return
    out = console()
    out.width = look.width or out.width
    out.print(swimlane(trace, out.width, look.service, look.sql))
