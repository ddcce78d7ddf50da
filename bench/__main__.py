"""`./run bench [--json] [--only PART …]`: measure, and print one table."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from rich.console import Console

from . import box, machine, runner, table
from .figures import TINY, Figure, Size

NARROW = 120


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 0 when everything holds, 1 when something does not, 2 when unmeasured."""
    chosen = options().parse_args(arguments)
    console = Console(stderr=chosen.json)
    console.width = max(console.width, NARROW)
    before = machine.described()
    figures = measured(chosen, console)
    facts = {**before, "load": [before["load"][0], machine.described()["load"][0]]}
    if chosen.json:
        print(json.dumps({**facts, "figures": [one.as_dict() for one in figures]}, indent=2))
    else:
        table.draw(console, facts, figures)
    if not all(one.measured for one in figures):
        return 2
    return 0 if all(one.holds for one in figures) else 1


def options() -> ArgumentParser:
    """What a run may be told."""
    parser = ArgumentParser(prog="./run bench", description="Measure on a database of its own.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", nargs="+", choices=runner.PARTS, help="measure only these")
    parser.add_argument("--tiny", action="store_true", help="a run that only shows that it works")
    parser.add_argument("--delay", default="0", help="how life-like simulated delays are (0 to 1)")
    parser.add_argument("--card-delay-ms", default="0", help="what the card processor takes")
    return parser


def measured(chosen: Namespace, console: Console) -> list[Figure]:
    """Every figure asked for."""
    size = TINY if chosen.tiny else Size()
    delays = {"BSS_SIMULATED_DELAY": chosen.delay, "BSS_CARD_DELAY_MS": chosen.card_delay_ms}
    with console.status("starting services …") as status, box.opened(delays) as opened:
        box.use(opened)
        return runner.run(opened, size, chosen.only or runner.PARTS, status.update)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
