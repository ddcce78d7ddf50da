"""TMF635: events of the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Body, Router

from apps.crm.api.related import of_customer, parties
from apps.rating import policies, queries
from apps.rating.models import Usage
from apps.subscription.models import NumberAssignment, Subscription
from bss.core.context import current
from bss.tmf.documents import Json
from bss.tmf.filters import Filter, Flag, Id, Moment, Words
from bss.tmf.kept import kept_resource
from bss.tmf.resources import Api, Resource, complete, each
from bss.tmf.shapes import Characteristic, Identifier, Loose, RelatedParty, Text, TimePeriod
from bss.tmf.shapes import Flag as TrueOrFalse

from .intake import Raw, as_event, keyed, merger, record

STATUS = {"rated": "rated", "rejected": "rejected"}
NAMED = ("msisdn", "quantity", "unit", "roamingIndicator", "allowanceType", "overshoot")


@dataclass(frozen=True)
class OfLine(Id):
    """Events of a line, sought by the numbers it held: that is what the index is by."""

    def condition(self, comparison: str, words: Sequence[str]) -> Q:
        """The events of some lines."""
        lines = super().condition("eq", words)
        keys = [key for word in words for key in self.values(word)]
        held = NumberAssignment.objects.filter(subscription__in=keys).values_list(
            "msisdn", flat=True
        )
        found = lines & Q(msisdn__in=list(held))
        return ~found if comparison == "ne" else found


def show(usage: Usage) -> Json:
    """An event as TMF635 shows it."""
    shown = queries.view(usage)
    line = shown["subscriptionId"]
    customer = usage.subscription.customer_id if usage.subscription else None
    return {
        **{name: value for name, value in shown.items() if name not in ("href", "@type")},
        "usageDate": shown["eventTime"],
        "usageType": shown["eventType"],
        "status": STATUS[usage.state],
        "usageSpecification": {"id": usage.event_type, "@referredType": "UsageSpecification"},
        "usageCharacteristic": [
            {"name": name, "value": shown[name]} for name in NAMED if shown[name] is not None
        ],
        "ratedProductUsage": [{"productRef": {"id": line}}] if line else [],
        "relatedParty": parties(customer) if customer else [],
    }


RECORD = Resource(
    name="usage",
    type_name="Usage",
    reads="usage.get",
    rows=lambda: Usage.objects.select_related("subscription"),
    show=each(show),
    key=Id("pk", Usage),
    order=("-at", "-pk"),
    owner="subscription__customer",
    filters={
        "usageDate": Moment("at"),
        "usageType": Filter("event_type"),
        "status": Words("state", STATUS),
        "usageSpecification.id": Filter("event_type"),
        "msisdn": Filter("msisdn"),
        "usageCharacteristic.value": Filter("msisdn"),
        "subscriptionId": OfLine("subscription", Subscription),
        "ratedProductUsage.productRef.id": OfLine("subscription", Subscription),
        "roamingIndicator": Flag("roaming"),
        "processingError": Filter("rule"),
        "receivedAt": Moment("received_at"),
        **of_customer("subscription__customer"),
    },
)


def add_intake(router: Router) -> None:
    """Events come by the thousand and have a way of their own."""
    router.add_api_operation("/usage", ["POST"], create_usage)


def create_usage(request: HttpRequest, body: Raw | list[Raw] = Body(...)) -> HttpResponse:  # noqa: B008
    """Count one event, or a list of them with an answer for each."""
    if isinstance(body, list):
        return JsonResponse(record([as_event(one) for one in body]), safe=False)
    answer = merger().post(keyed(request, as_event(body)))
    if answer["status"] == "duplicate":
        mine = Usage.objects.select_related("subscription")
        client = current().service_identity
        return shown_as(mine.get(client=client, event_key=answer["eventKey"]), 200)
    if answer["id"] is None:
        raise policies.used_again(answer["eventKey"])
    return shown_as(policies.require_counted(answer["id"]), 201)


def shown_as(usage: Usage, status: int) -> HttpResponse:
    """An event as the answer to whoever reported it."""
    document = complete(USAGE, RECORD, show(usage), {})
    return JsonResponse(document, status=status, headers={"Location": document["href"]})


class SpecificationIn(Loose):
    name: Identifier
    description: Text = ""
    is_bundle: TrueOrFalse = False
    lifecycle_status: Text = ""
    version: Text = ""
    related_party: list[RelatedParty] = []
    spec_characteristic: list[Characteristic] = []
    valid_for: TimePeriod = TimePeriod()


USAGE = Api(
    number=635,
    base="usageManagement/v4",
    resources=[
        RECORD,
        kept_resource(
            "usageSpecification",
            "UsageSpecification",
            SpecificationIn,
            filters=["name", "description", "lifecycleStatus", "version"],
            stamped="lastUpdate",
        ),
    ],
    more=add_intake,
    events={"usage.rejected": "UsageStateChangeEvent"},
)
