"""What a top-up costs in statements."""

from __future__ import annotations

from bss.core.operations import invoke
from bss.core.work import drain_everything

from .figures import Figure, Size
from .served import lines_in_service
from .statements import counted

COUNTED = 10


def measure_statements(size: Size) -> list[Figure]:
    """Statements a top-up from the request with its key to the letter and the log."""
    first, *lines = [line.public_id for line in lines_in_service(COUNTED + 1)]
    buy(first)
    drain_everything()
    with counted() as own:
        for line in lines:
            buy(line)
    with counted() as told:
        drain_everything()
    each, all_told = len(own) / len(lines), (len(own) + len(told)) / len(lines)
    beside = f"{each:.1f} until it is charged, granted and answered"
    return [Figure("statements a top-up, letter and log", all_told, "", at_most=25, beside=beside)]


def buy(line: str) -> None:
    """Top a line up."""
    wanted = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
    invoke("subscription.purchase_vas", wanted, key=f"bench/{line}")
