"""What a preview says of money, in whichever direction it goes."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from apps.cockpit.terminal.foreseeing import money


@pytest.mark.parametrize("direction", ["amount", "refund"])
def test_money_is_told_both_ways(direction: str) -> None:
    said = StringIO()
    console = Console(width=80, file=said)
    for row in money([{direction: 300, "currency": "SGD", "to": "Visa …4242"}]):
        console.print(row)

    assert "SGD 3.00" in said.getvalue()
