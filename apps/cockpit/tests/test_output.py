"""Whatever a stranger called themselves, it is shown as words."""

import json
from io import StringIO

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from apps.cockpit.rules.safety import SafeConsole
from apps.cockpit.terminal.cards import frames
from apps.cockpit.terminal.output import print_json

EVIL = "Eve\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\x00"
CLEAN = "Eve]0;owned[2J31m"


def table() -> Table:
    rows = frames.rows("name", "again")
    rows.add_row(EVIL, Text(EVIL))
    return rows


@pytest.mark.parametrize(
    "shown",
    [EVIL, Text(EVIL), Panel(EVIL), table(), frames.card(EVIL, EVIL), frames.pairs([(EVIL, EVIL)])],
)
@pytest.mark.parametrize("colours", [None, "truecolor"])
def test_no_card_or_table_lets_control_characters_through(shown, colours) -> None:
    out = StringIO()

    SafeConsole(file=out, width=100, color_system=colours, force_terminal=bool(colours)).print(
        shown
    )

    assert CLEAN in out.getvalue()
    for found in ("\x07", "\x9b", "\u202e", "\x00", "\x1b]", "\x1b[2J"):
        assert found not in out.getvalue()


def test_names_are_no_markup() -> None:
    out = StringIO()

    SafeConsole(file=out, width=100).print("[red]Bob[/red] :smile: [/nothing]")

    assert out.getvalue() == "[red]Bob[/red] :smile: [/nothing]\n"


def test_json_escapes_what_a_terminal_would_obey(capsys) -> None:
    print_json({"name": EVIL})

    printed = capsys.readouterr().out
    assert not any(found in printed for found in ("\x1b", "\x9b", "\u202e"))
    assert json.loads(printed) == {"name": EVIL}
