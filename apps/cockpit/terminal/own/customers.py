"""`bss customer export`: all that is kept about one customer, as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from apps.cockpit.terminal.how import As, identity
from apps.cockpit.terminal.output import console, print_json
from bss.core.operations import invoke

app = typer.Typer(add_completion=False)
Customer = Annotated[str, typer.Argument(help="The customer's id.", metavar="CUSTOMER")]
To = Annotated[Path | None, typer.Argument(help="Where to write it; otherwise it is printed.")]


@app.callback()
def customers() -> None:
    """People in the role of buying from us."""


@app.command("export")
def export(customer: Customer, to: To = None, acting_as: As = None) -> None:
    """Write all that is kept about a customer as JSON, with secrets masked."""
    with identity(acting_as):
        told = invoke("customer.export_data", {"customer_id": customer}, wait=0.0).result
    if to is None:
        print_json(told)
        return
    to.touch(mode=0o600)
    to.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    rows = sum(map(len, told["rows"].values()))
    console().print(Text(f"{rows:,} rows about {customer} are in {to}."))
