"""TMF622: product orders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from bss.core.errors import InvalidArguments
from bss.core.http import Body, make
from bss.core.operations import Answer, invoke

router = Router(tags=["productOrder"])


class Reference(Body):
    id: str


class Party(Reference):
    role: str = ""


class Note(Body):
    text: str


class Characteristic(Body):
    name: str
    value: Any = None


class Product(Body):
    product_characteristic: list[Characteristic] = []


class Item(Body):
    action: Literal["add"]
    product_offering: Reference
    product: Product = Product()

    @property
    def wishes(self) -> dict[str, Any]:
        """What is asked of the product, by name."""
        return {one.name: one.value for one in self.product.product_characteristic}


class OrderIn(Body):
    product_order_item: Annotated[list[Item], Field(min_length=1, max_length=1)]
    related_party: list[Party] = []
    note: list[Note] = []
    # Ours: true sets the order going at once.
    submit: bool = False

    def arguments(self) -> dict[str, Any]:
        """The order as its operation takes it."""
        item = self.product_order_item[0]
        return {
            "customer_id": self.customer(),
            "offering_id": item.product_offering.id,
            "msisdn_preference": item.wishes.get("msisdn"),
            "discount_code": item.wishes.get("discountCode"),
            "skip_assigned_offer": item.wishes.get("skipAssignedOffer", False),
            "notes": "\n".join(note.text for note in self.note) or None,
        }

    def customer(self) -> str:
        """Who orders: the party in the role of customer, or the only one."""
        buyers = [party for party in self.related_party if party.role.lower() == "customer"]
        named = buyers or self.related_party
        if len(named) != 1:
            raise InvalidArguments("relatedParty: name the one customer who orders.")
        return named[0].id


@router.post("/productOrder", url_name="order-place")
def place(request: HttpRequest, body: OrderIn) -> HttpResponse:
    name = "order.create" if body.submit else "order.place"
    return make(request, name, body.arguments(), answered)


@router.post("/productOrder/{order_id}/submit", url_name="order-submit")
def submit(request: HttpRequest, order_id: str) -> HttpResponse:
    return make(request, "order.submit", {"order_id": order_id}, answered)


@router.get("/productOrder/{order_id}", url_name="order-get")
def get(request: HttpRequest, order_id: str) -> Any:
    return product_order(invoke("order.get", {"order_id": order_id}).result)


STATES = {"in_progress": "inProgress"}


def answered(answer: Answer) -> dict[str, Any]:
    """The order that an operation answers with."""
    return product_order(answer.result)


def product_order(order: dict[str, Any]) -> dict[str, Any]:
    """An order as TMF622 shows it."""
    buyer = {"id": order["customerId"], "role": "customer", "@referredType": "Customer"}
    return {
        "id": order["id"],
        "href": order["href"],
        "state": tmf_state(order),
        "stateReason": order["stateReason"],
        "orderDate": order["orderDate"],
        "completionDate": order["completedDate"],
        "note": [{"text": order["notes"]}] if order["notes"] else [],
        "payment": [{"id": order["paymentId"]}] if order["paymentId"] else [],
        "productOrderItem": [order_item(item) for item in order["items"]],
        "relatedParty": [buyer],
        "@type": "ProductOrder",
    }


def order_item(item: dict[str, Any]) -> dict[str, Any]:
    """An item as TMF622 shows it."""
    amount = {"unit": item["priceCurrency"], "value": float(item["priceAmount"])}
    line = item["targetSubscriptionId"]
    return {
        "id": item["id"],
        "action": item["action"],
        "state": tmf_state(item),
        "productOffering": {"id": item["offeringId"]},
        "product": {"id": line} if line else None,
        "itemPrice": [
            {
                "priceType": "recurring",
                "price": {"taxIncludedAmount": amount},
                "productOfferingPrice": {"id": item["priceOfferingPriceId"]},
                "priceAlteration": alterations(item),
            }
        ],
        "@type": "ProductOrderItem",
    }


def alterations(item: dict[str, Any]) -> list[dict[str, Any]]:
    """What lowers an item's price, as TMF622 shows it."""
    if item["discountType"] is None:
        return []
    value = float(item["discountValue"])
    amount = {"taxIncludedAmount": {"unit": item["priceCurrency"], "value": value}}
    return [
        {
            "name": item["discountCode"],
            "priceType": "discount",
            "applicationDuration": item["discountPeriodsTotal"],
            "price": {"percentage": value} if item["discountType"] == "percent" else amount,
        }
    ]


def tmf_state(row: dict[str, Any]) -> str:
    """A state in TMF spelling."""
    return STATES.get(row["state"], row["state"])
