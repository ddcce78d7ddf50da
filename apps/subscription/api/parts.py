"""What the resources of TMF654 have in common."""

from __future__ import annotations

from typing import Any

from apps.crm.api.related import of_customer, parties
from apps.subscription import queries
from apps.subscription.models import Bucket, Subscription
from bss.core.errors import InvalidArguments
from bss.core.quantities import to_units, unit_of
from bss.tmf.filters import Filter, reference
from bss.tmf.shapes import Extras, Loose, Quantity, Reference, RelatedParty, Text

OF_LINE = {
    **of_customer("subscription__customer"),
    **reference("product", Subscription, "subscription", "Product"),
    "logicalResource.id": Filter("subscription__msisdn"),
}


def quantity(kind: str, stored: int) -> dict[str, Any]:
    """So much of a kind, in the unit people use."""
    return {"amount": to_units(kind, stored), "units": unit_of(kind)}


def of_line(line: Subscription) -> dict[str, Any]:
    """Whose balance it is."""
    return {
        "product": {"id": line.public_id, "@referredType": "Product"},
        "logicalResource": {"id": line.msisdn, "@referredType": "MSISDN"} if line.msisdn else None,
        "partyAccount": {"id": line.owner, "@referredType": "PartyAccount"},
        "relatedParty": parties(line.customer_id),
    }


class BalanceIn(Loose):
    # A top-up that is named says itself how much it gives.
    amount: Quantity | None = None
    bucket: Reference | None = None
    # One of each, or a list of one as some clients send it.
    product: Reference | list[Reference] | None = None
    logical_resource: Reference | list[Reference] | None = None
    usage_type: Text = ""
    reason: Text = ""
    product_offering: Reference | None = None
    receiver_product: Reference | None = None
    receiver_bucket: Reference | None = None
    related_party: list[RelatedParty] | RelatedParty = []

    def place(self) -> tuple[str, str]:
        """The line that is meant, and the kind of balance if that is told."""
        return place(self.bucket, self.product, self.logical_resource, self.usage_type)

    def size(self) -> Quantity:
        """How much is meant."""
        if self.amount is None:
            raise InvalidArguments("amount: this attribute is needed.")
        return self.amount

    def change(self) -> dict[str, Any]:
        """What is done to a balance, as operations take it."""
        size = self.size()
        line, kind = self.place()
        return {
            "subscription_id": line,
            "kind": kind or kind_of(size.units),
            "quantity": whole(size.amount),
            "reason": self.reason or "asked by another system",
        }


def place(bucket: Any, product: Any, resource: Any, usage_type: str) -> tuple[str, str]:
    """The line that references mean, and the kind of balance."""
    if bucket is not None:
        found = Bucket.objects.get_by_id(bucket.id)
        return str(Subscription.public_id_of(found.subscription_id)), found.kind
    for named, line_of in ((product, str), (resource, line_with)):
        one = named[0] if isinstance(named, list) and named else named
        if one:
            return line_of(one.id), usage_type
    raise InvalidArguments("Name a bucket, a product or a logicalResource by its id.")


def line_with(msisdn: str) -> str:
    """The line that has a number."""
    return str(queries.holder_of(msisdn).public_id)


def whole(amount: float) -> int:
    """A whole number of units."""
    if amount != int(amount):
        raise InvalidArguments("amount: whole megabytes, minutes or messages belong here.")
    return int(amount)


def kind_of(units: str) -> str:
    """The kind that is counted in a unit, where only one is."""
    kinds = {"mb": "data", "minutes": "voice", "count": "sms"}
    if units.lower() not in kinds:
        raise InvalidArguments("usageType: data, voice, sms or data_roaming belongs here.")
    return kinds[units.lower()]


class BalanceExtras(Extras):
    description: Text = ""
    channel: Reference | None = None
    requestor: RelatedParty | None = None
    party_account: Reference | None = None
