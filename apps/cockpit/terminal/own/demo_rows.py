"""`bss seed-demo` and `bss demo-restore`: a few people and promotions to show the system with."""

from __future__ import annotations

from typing import Annotated

import typer

from apps.cockpit.terminal.doing import carry_out
from apps.cockpit.terminal.how import WRITING, How, with_how
from bss.core.registry import find

app = typer.Typer(add_completion=False)
Reset = Annotated[
    bool,
    typer.Option("--reset", help="End their lines, close them and begin anew; nothing else goes."),
]


@app.command("seed-demo")
@with_how(WRITING)
def seed_demo(how: How, reset: Reset = False) -> None:
    """Add Alice, Bob and Carol Demo and two promotions, as far as they are missing."""
    carry_out(find("demo_data.reset" if reset else "demo_data.seed"), dict, how)


@app.command("demo-restore")
@with_how(WRITING)
def demo_restore(how: How) -> None:
    """Put the demonstration's rows back as they were at first, and touch no others."""
    carry_out(find("demo_data.restore"), dict, how)
