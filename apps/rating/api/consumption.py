"""TMF677: what is left, asked as a task whose answer is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apps.subscription import queries
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.core.operations import invoke
from bss.tmf.filters import Inside
from bss.tmf.kept import kept_resource
from bss.tmf.resources import Api, Create, Resource, Step
from bss.tmf.shapes import DateTime, Loose, Reference, RelatedParty

NAME = "queryUsageConsumption"


class Criteria(Loose):
    product: Reference | list[Reference] | None = None
    logical_resource: Reference | list[Reference] | None = None


class QueryIn(Loose):
    search_criteria: Criteria = Criteria()
    related_party: list[RelatedParty] = []
    party_account: list[Reference] = []
    query_usage_consumption_date: DateTime = ""


def ask(body: QueryIn) -> list[Step]:
    """What the lines that are meant have left, written down as the answer."""
    told = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    answer = {
        **told,
        "queryUsageConsumptionDate": iso(clock.now()),
        "usageConsumption": [consumption(line) for line in meant(body)],
    }
    return [Step("document.keep", {"resource": NAME, "body": answer})]


def meant(body: QueryIn) -> list[dict[str, Any]]:
    """The lines that somebody may see and that the criteria name."""
    criteria = body.search_criteria
    for product in listed(criteria.product):
        return [invoke("subscription.get", {"subscription_id": product.id}).result]
    for number in listed(criteria.logical_resource):
        line = queries.holder_of(number.id).public_id
        return [invoke("subscription.get", {"subscription_id": line}).result]
    parties = [party.id for party in body.related_party] or [one.id for one in body.party_account]
    if not parties:
        raise InvalidArguments("searchCriteria: name a product, a number or a related party.")
    args = {"customer_id": parties[0]}
    found: list[dict[str, Any]] = invoke("subscription.list_for_customer", args).result
    return found


def listed(value: Any) -> list[Any]:
    """One or several as several."""
    return value if isinstance(value, list) else [value] if value else []


def consumption(line: dict[str, Any]) -> dict[str, Any]:
    """What a line has of everything."""
    return {
        "id": line["id"],
        "state": "done",
        "product": [{"id": line["id"], "@referredType": "Product"}],
        "logicalResource": [{"id": line["msisdn"], "@referredType": "MSISDN"}],
        "bucketRefOrValue": [
            {
                "id": one["id"],
                "name": one["allowanceType"],
                "bucketCounter": [
                    {"counterType": name, "value": {"amount": one[ours], "units": one["unit"]}}
                    for name, ours in (("used", "consumed"), ("remaining", "remaining"))
                ],
            }
            for one in line["balances"]
        ],
    }


def query() -> Resource:
    """The task: its answer is kept until it is deleted."""
    filters = {name: Inside(name) for name in ("relatedParty.id", "searchCriteria.product.id")}
    asked = kept_resource(NAME, "QueryUsageConsumption", QueryIn, filters=[])
    return replace(asked, create=Create(QueryIn, ask), changes={}, filters=filters)


CONSUMPTION = Api(number=677, base="usageConsumption/v4", resources=[query()])
