"""TMF622: product orders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router
from pydantic import Field

from apps.crm.api.related import CUSTOMER_PARTY, customer_of, parties
from apps.ordering import queries
from apps.ordering.models import ProductOrder, ProductOrderItem
from apps.payments.models import Payment
from apps.subscription.models import Subscription
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Among, Filter, Id, Moment, Words, reference
from bss.tmf.operations.requests import run_steps
from bss.tmf.reading import document_of
from bss.tmf.resources import Api, Changed, Create, Resource, Step, each
from bss.tmf.shapes import (
    Characteristic,
    DateTime,
    Extras,
    Flag,
    Identifier,
    Loose,
    Note,
    Reference,
    RelatedParty,
    Text,
    money,
)
from bss.tmf.writing import key_of, still_moving

STATES = {
    "acknowledged": "acknowledged",
    "in_progress": "inProgress",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
}


class Product(Loose):
    product_characteristic: list[Characteristic] = []


class Item(Loose):
    id: Identifier
    action: Literal["add"]
    product_offering: Reference
    product: Product = Product()

    @property
    def wishes(self) -> dict[str, Any]:
        """What is asked of the product, by name."""
        return {one.name: one.value for one in self.product.product_characteristic}


class OrderIn(Loose):
    product_order_item: Annotated[list[Item], Field(min_length=1, max_length=1)]
    related_party: list[RelatedParty] = []
    note: list[Note] = []
    # Ours: true sets the order going at once.
    submit: Flag = False

    def arguments(self) -> dict[str, Any]:
        """The order as its operation takes it."""
        item = self.product_order_item[0]
        return {
            "customer_id": customer_of(self.related_party),
            "offering_id": item.product_offering.id,
            "msisdn_preference": item.wishes.get("msisdn"),
            "discount_code": item.wishes.get("discountCode"),
            "skip_assigned_offer": item.wishes.get("skipAssignedOffer", False),
            "notes": "\n".join(note.text for note in self.note) or None,
        }


class OrderExtras(Extras):
    category: Text = ""
    description: Text = ""
    external_id: Text = ""
    notification_contact: Text = ""
    priority: Text = ""
    requested_completion_date: DateTime = ""
    requested_start_date: DateTime = ""
    agreement: list[Reference] = []
    channel: list[Reference] = []
    quote: list[Reference] = []


def orders() -> QuerySet[ProductOrder]:
    """Orders with everything their shape needs, in two statements."""
    items = Prefetch("items", ProductOrderItem.objects.order_by("id"))
    return ProductOrder.objects.prefetch_related(items)


def show(order: ProductOrder) -> dict[str, Any]:
    """An order as TMF622 shows it."""
    payment = Payment.public_id_of(order.payment_id)
    cancelled = order.state == "cancelled"
    return {
        "id": order.public_id,
        "state": STATES[order.state],
        "stateReason": order.state_reason or None,
        "orderDate": iso(order.placed_at),
        "completionDate": iso(order.completed_at),
        "cancellationDate": iso(order.state_changed_at) if cancelled else None,
        "cancellationReason": order.state_reason or None if cancelled else None,
        "note": [{"text": order.notes}] if order.notes else [],
        "payment": [{"id": payment, "@referredType": "Payment"}] if payment else [],
        "productOrderItem": [show_item(item, order) for item in order.items.all()],
        "relatedParty": parties(order.customer_id),
    }


def show_item(item: ProductOrderItem, order: ProductOrder) -> dict[str, Any]:
    """An item as TMF622 shows it; it stands where its order stands."""
    line = Subscription.public_id_of(item.subscription_id)
    return {
        "id": item.public_id,
        "action": item.action,
        "state": STATES[order.state],
        "productOffering": {"id": item.offering_id, "@referredType": "ProductOffering"},
        "product": {"id": line, "@referredType": "Product"} if line else None,
        "itemPrice": [
            {
                "priceType": "recurring",
                "price": {"taxIncludedAmount": money(item.amount, item.currency)},
                "productOfferingPrice": {"id": item.price_id},
                "priceAlteration": alterations(item),
            }
        ],
        "@type": "ProductOrderItem",
    }


def alterations(item: ProductOrderItem) -> list[dict[str, Any]]:
    """What lowers an item's price, as TMF622 shows it."""
    discount = queries.show_discount(item)
    if discount["discountType"] is None:
        return []
    value = float(discount["discountValue"])
    amount = {"taxIncludedAmount": {"unit": item.currency, "value": value}}
    return [
        {
            "name": discount["discountCode"],
            "priceType": "discount",
            "applicationDuration": discount["discountPeriodsTotal"],
            "price": {"percentage": value} if discount["discountType"] == "percent" else amount,
        }
    ]


def place(body: OrderIn) -> list[Step]:
    """An order, placed or set going at once."""
    return [Step("order.create" if body.submit else "order.place", body.arguments())]


def cancel(changed: Changed) -> list[Step]:
    """An order that is not wanted any more."""
    if changed.now.get("state") != "cancelled":
        raise InvalidArguments("state: an order can only be cancelled; its state follows from it.")
    reason = changed.now.get("cancellationReason")
    return [Step("order.cancel", {"order_id": changed.id, "reason": reason})]


ORDER = Resource(
    name="productOrder",
    type_name="ProductOrder",
    reads="order.get",
    rows=orders,
    show=each(show),
    key=Id("pk", ProductOrder),
    owner="customer",
    filters={
        "state": Words("state", STATES),
        "stateReason": Filter("state_reason"),
        "orderDate": Moment("placed_at"),
        "completionDate": Moment("completed_at"),
        "note.text": Filter("notes"),
        "productOrderItem.id": Among(
            ProductOrderItem.objects.all, "order", Id("pk", ProductOrderItem)
        ),
        "productOrderItem.productOffering.id": Among(
            ProductOrderItem.objects.all, "order", Filter("offering")
        ),
        "productOrderItem.product.id": Among(
            ProductOrderItem.objects.all, "order", Id("subscription", Subscription)
        ),
        **reference("payment", Payment, "payment", "Payment"),
        **CUSTOMER_PARTY,
    },
    create=Create(OrderIn, place),
    changes={"state": cancel, "cancellationReason": cancel},
    extras=OrderExtras,
    writes="order.place",
)


class CancelIn(Loose):
    product_order: Reference
    cancellation_reason: Text = ""


class CancelExtras(Extras):
    requested_cancellation_date: DateTime = ""


def show_cancel(order: ProductOrder) -> dict[str, Any]:
    """The cancellation of an order as TMF622 shows it; it has the id of its order."""
    return {
        "id": order.public_id,
        "state": "done",
        "cancellationReason": order.state_reason or None,
        "effectiveCancellationDate": iso(order.state_changed_at),
        "productOrder": {"id": order.public_id, "@referredType": "ProductOrder"},
    }


def order_cancel(body: CancelIn) -> list[Step]:
    """The order that is not wanted any more is cancelled."""
    args = {"order_id": body.product_order.id, "reason": body.cancellation_reason or None}
    return [Step("order.cancel", args)]


CANCELLATION = Resource(
    name="cancelProductOrder",
    type_name="CancelProductOrder",
    reads="order.get",
    rows=lambda: ProductOrder.objects.filter(state="cancelled"),
    show=each(show_cancel),
    key=Id("pk", ProductOrder),
    owner="customer",
    filters={
        "cancellationReason": Filter("state_reason"),
        "effectiveCancellationDate": Moment("state_changed_at"),
        **reference("productOrder", ProductOrder, "pk", "ProductOrder"),
    },
    create=Create(CancelIn, order_cancel),
    extras=CancelExtras,
)


def add_submit(router: Router) -> None:
    """Ours: an order that was placed is set going."""
    router.add_api_operation("/productOrder/{public_id}/submit", ["POST"], submit)


def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set an order going."""
    steps = [Step("order.submit", {"order_id": public_id})]
    answer = run_steps(ORDER.kind, steps, subject=public_id, key=key_of(request))
    document = document_of(ORDERS, ORDER, answer.result, written=True)
    response = JsonResponse(document, status=201, headers={"Location": document["href"]})
    return still_moving(response, answer)


ORDERS = Api(
    number=622,
    base="productOrderingManagement/v4",
    resources=[ORDER, CANCELLATION],
    more=add_submit,
    events={
        "order.acknowledged": "ProductOrderCreateEvent",
        "order.in_progress": "ProductOrderStateChangeEvent",
        "order.completed": "ProductOrderStateChangeEvent",
        "order.failed": "ProductOrderStateChangeEvent",
        "order.cancelled": "ProductOrderStateChangeEvent",
    },
)
