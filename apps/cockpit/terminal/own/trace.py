"""`bss trace`: what happened behind one request, as lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.text import Text

from apps.cockpit.terminal.cards import frames
from apps.cockpit.terminal.how import READING, How, Json, identity, with_how
from apps.cockpit.terminal.output import console, print_json
from apps.cockpit.terminal.swimlane import swimlane
from bss.core.models import Span
from bss.core.operations import invoke

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
    draw("trace.get", {"trace_id": trace_id}, how, Look(width, service, show_sql))


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
    draw("trace.for_order", {"order_id": order_id}, how, Look(width, service, show_sql))


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
    args = {"subscription_id": subscription_id}
    draw("trace.for_subscription", args, how, Look(width, service, show_sql))


@dataclass(frozen=True)
class Look:
    """How lanes are to be drawn."""

    width: int | None
    service: str | None
    sql: bool


@app.command()
def services(as_json: Json = False) -> None:
    """List the services that steps were recorded for."""
    found = sorted(Span.objects.order_by().values_list("service", flat=True).distinct())
    if as_json:
        print_json(found)
    else:
        console().print(Text("\n".join(found) or "none", style=frames.ACCENT))


def draw(name: str, args: dict[str, Any], how: How, look: Look) -> None:
    """Read a trace and draw its lanes, or print the trace itself for programs."""
    with identity(how.acting_as):
        trace = invoke(name, args).result
    if how.as_json:
        print_json(trace)
        return
    out = console()
    out.width = look.width or out.width
    out.print(swimlane(trace, out.width, look.service, look.sql))
