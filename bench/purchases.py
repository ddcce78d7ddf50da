"""What a top-up costs in statements."""

from __future__ import annotations

from bss.core.operations import run
from bss.core.work import drain_everything

from .figures import Figure, Size
from .served import lines_in_service
from .statements import counted

COUNTED = 10


def measure_statements(size: Size) -> list[Figure]:
    """Statements a top-up, its letter and its log included."""
    lines = [line.public_id for line in lines_in_service(COUNTED + 1)]
    buy(lines[0])
    with counted() as sent:
        for line in lines[1:]:
            buy(line)
    each = len(sent) / len(lines[1:])
    return [Figure("statements a top-up", each, "statements", at_most=25)]


def buy(line: str) -> None:
    """Top a line up and see it through."""
    run("subscription.purchase_vas", subscription_id=line, vas_offering_id="VAS_DATA_1GB")
    drain_everything()
