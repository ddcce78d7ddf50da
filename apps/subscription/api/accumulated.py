"""TMF654: what a line has of everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.crm.api.related import of_customer
from apps.subscription import queries
from apps.subscription.models import Subscription
from bss.tmf.filters import Filter, Id, reference
from bss.tmf.resources import Resource

from .parts import of_line


def show_accumulated(lines: Sequence[Subscription]) -> list[dict[str, Any]]:
    """What lines have of everything, in one statement for any number of them."""
    balances = queries.balances_of(lines)
    return [accumulated(line, balances[line.pk]) for line in lines]


def accumulated(line: Subscription, balances: list[dict[str, Any]]) -> dict[str, Any]:
    """What a line has of everything; the total is of its data."""
    owner = of_line(line)
    data = next((one for one in balances if one["allowanceType"] == "data"), None)
    return {
        "id": line.public_id,
        "name": f"Balance of {line.public_id}",
        "bucket": [{"id": one["id"], "@referredType": "Bucket"} for one in balances],
        "totalBalance": {"amount": data["remaining"], "units": data["unit"]} if data else None,
        "partyAccount": owner["partyAccount"],
        "relatedParty": owner["relatedParty"],
        "product": [owner["product"]],
        "logicalResource": [owner["logicalResource"]] if owner["logicalResource"] else [],
    }


ACCUMULATED = Resource(
    name="accumulatedBalance",
    type_name="AccumulatedBalance",
    reads="subscription.get_balance",
    rows=Subscription.objects.listed,
    show=show_accumulated,
    key=Id("pk", Subscription),
    owner="customer",
    filters={
        **of_customer("customer"),
        **reference("product", Subscription, "pk", "Product"),
        "logicalResource.id": Filter("msisdn"),
    },
)
