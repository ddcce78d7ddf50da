"""TMF637: lines as products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.crm.api.related import CUSTOMER_PARTY, parties
from apps.crm.models import Customer
from apps.subscription import queries
from apps.subscription.models import Subscription
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Always, Amount, Filter, Id, Moment, Words
from bss.tmf.resources import Api, Changed, Resource, Step
from bss.tmf.shapes import Extras, Loose, Reference, Text, money

STATUS = {
    "pending": "pendingActive",
    "active": "active",
    "blocked": "suspended",
    "suspended": "suspended",
    "terminated": "terminated",
    "abandoned": "cancelled",
}
PERIODS = {"day": "days", "month": "months"}


class ProductExtras(Extras):
    description: Text = ""
    product_serial_number: Text = ""
    agreement: list[Reference] = []
    place: list[Loose] = []
    product_relationship: list[Reference] = []


def show(lines: Sequence[Subscription]) -> list[dict[str, Any]]:
    """Lines as TMF637 shows them, in one statement for any number of them."""
    balances = queries.balances_of(lines)
    return [product(line, balances[line.pk]) for line in lines]


def product(line: Subscription, balances: list[dict[str, Any]]) -> dict[str, Any]:
    """A line as TMF637 shows it, with what it has left."""
    named = {"msisdn": line.msisdn, "iccid": line.iccid}
    return {
        "id": line.public_id,
        "name": line.nickname or line.offering_id,
        "status": STATUS[line.state],
        "statusReason": line.state_reason or None,
        "isBundle": False,
        "isCustomerVisible": True,
        "orderDate": iso(line.created_at),
        "startDate": iso(line.activated_at),
        "terminationDate": iso(line.terminated_at),
        "billingAccount": {"id": line.owner, "@referredType": "BillingAccount"},
        "productOffering": {"id": line.offering_id, "@referredType": "ProductOffering"},
        "productOrderItem": order_item(line),
        "productCharacteristic": [
            {"name": name, "value": value} for name, value in named.items() if value
        ],
        "productPrice": [price(line)],
        "relatedParty": parties(line.customer_id),
        "currentPeriodEnd": iso(line.period_end),
        "balances": balances,
    }


def order_item(line: Subscription) -> list[dict[str, Any]]:
    """The order that led to a line."""
    if not line.order_id:
        return []
    return [{"productOrderId": line.order_id, "orderItemAction": "add", "orderItemId": "1"}]


def price(line: Subscription) -> dict[str, Any]:
    """What a line costs each period."""
    return {
        "priceType": "recurring",
        "recurringChargePeriod": f"{line.period_length} {PERIODS[line.period_type]}",
        "price": {"taxIncludedAmount": money(line.amount, line.currency)},
        "productOfferingPrice": {"id": line.price_id, "@referredType": "ProductOfferingPrice"},
    }


def rename(changed: Changed) -> list[Step]:
    """What the owner calls the line."""
    nickname = str(changed.now.get("name") or "")
    return [Step("subscription.rename", {"subscription_id": changed.id, "nickname": nickname})]


def move(changed: Changed) -> list[Step]:
    """Another status is what leads to it."""
    verbs = {"active": "resume", "terminated": "terminate"}
    wanted = str(changed.now.get("status"))
    if wanted not in verbs:
        raise InvalidArguments("status: a product can only become active again, or terminated.")
    return [Step(f"subscription.{verbs[wanted]}", {"subscription_id": changed.id})]


PRODUCT = Resource(
    name="product",
    type_name="Product",
    reads="subscription.get",
    rows=Subscription.objects.listed,
    show=show,
    key=Id("pk", Subscription),
    owner="customer",
    filters={
        "status": Words("state", STATUS),
        "statusReason": Filter("state_reason"),
        "isBundle": Always("false"),
        "orderDate": Moment("created_at"),
        "startDate": Moment("activated_at"),
        "terminationDate": Moment("terminated_at"),
        "currentPeriodEnd": Moment("period_end"),
        "billingAccount.id": Id("customer", Customer),
        "productOffering.id": Filter("offering"),
        "productOrderItem.productOrderId": Filter("order_id"),
        "productCharacteristic.value": Filter("msisdn"),
        "productPrice.price.taxIncludedAmount.value": Amount("amount"),
        "productPrice.productOfferingPrice.id": Filter("price"),
        **CUSTOMER_PARTY,
    },
    changes={"name": rename, "status": move},
    delete=lambda public_id: [Step("subscription.terminate", {"subscription_id": public_id})],
    extras=ProductExtras,
    writes="subscription.rename",
)

PRODUCTS = Api(
    number=637,
    base="productInventory/v4",
    resources=[PRODUCT],
    events={
        "subscription.activated": "ProductCreateEvent",
        "subscription.blocked": "ProductStateChangeEvent",
        "subscription.unblocked": "ProductStateChangeEvent",
        "subscription.terminated": "ProductStateChangeEvent",
        "subscription.renamed": "ProductAttributeValueChangeEvent",
    },
)
