"""`bss trace`: what happened behind one request, as lanes."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from bss.core import traces
from bss.core.models import Span
from bss.core.operations import invoke

from ..cards import frames
from ..how import As, Json, identity
from ..output import console, print_json
from ..swimlane import swimlane

app = typer.Typer(help="Show what happened behind a request, step by step.", add_completion=False)
Width = Annotated[int | None, typer.Option(help="Columns to draw in.")]
Service = Annotated[str | None, typer.Option(help="Only this service.")]
Sql = Annotated[bool, typer.Option("--show-sql", help="Database statements too.")]


@app.command("get")
def get(
    trace_id: Annotated[str, typer.Argument()],
    width: Width = None,
    service: Service = None,
    show_sql: Sql = False,
    as_json: Json = False,
    acting_as: As = None,
) -> None:
    """Show a trace by its id."""
    with identity(acting_as):
        draw(invoke("trace.get", {"trace_id": trace_id}).result, width, service, show_sql, as_json)


@app.command("for-order")
def for_order(
    order_id: Annotated[str, typer.Argument()],
    width: Width = None,
    service: Service = None,
    show_sql: Sql = False,
    as_json: Json = False,
    acting_as: As = None,
) -> None:
    """Show how an order was carried out."""
    get(traces.trace_of(order_id), width, service, show_sql, as_json, acting_as)


@app.command("for-subscription")
def for_subscription(
    subscription_id: Annotated[str, typer.Argument()],
    width: Width = None,
    service: Service = None,
    show_sql: Sql = False,
    as_json: Json = False,
    acting_as: As = None,
) -> None:
    """Show how a line came to be."""
    get(traces.trace_of(subscription_id), width, service, show_sql, as_json, acting_as)


@app.command()
def services(as_json: Json = False) -> None:
    """List the services that steps were recorded for."""
    found = sorted(Span.objects.order_by().values_list("service", flat=True).distinct())
    if as_json:
        print_json(found)
    else:
        console().print(Text("\n".join(found) or "none", style=frames.ACCENT))


def draw(trace: dict[str, Any], width: int | None, service: str | None, sql: bool, as_json: bool) -> None:
    """The lanes, or the trace itself for programs."""
    if as_json:
        print_json(trace)
        return
    out = console()
    out.width = width or out.width
    out.print(swimlane(trace, out.width, service, sql))
