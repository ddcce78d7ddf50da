"""Reads: how orders look outside, and which of them need attention."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from apps.catalog import queries as promotions
from apps.crm.models import Customer
from apps.ordering.models import OrderState, PortRequest, ProductOrder, ProductOrderItem
from apps.ordering.models.ports import SENT_STATES, PortState
from apps.payments.models import Payment
from apps.provisioning import queries as provisioning
from apps.provisioning.models import Number, ProvisioningTask, ServiceOrder
from apps.provisioning.queries.services import show_task
from apps.subscription.models import Subscription
from apps.subscription.models.lines import HOLDING_STATES
from bss.core.clock import iso
from bss.core.errors import NotFound
from bss.core.ids import parse_id
from bss.core.money import money_text
from bss.core.paging import clamp

HREF = "/tmf-api/productOrderingManagement/v4/productOrder/"
PAGE_LIMIT = 200
OVER = frozenset((OrderState.COMPLETED, OrderState.FAILED, OrderState.CANCELLED))


def order_view(order_id: str) -> dict[str, Any]:
    """One order."""
    key = parse_id(order_id, ProductOrder.PREFIX, ProductOrder.NOUN)
    found = ProductOrderItem.objects.filter(order=key).select_related("order").order_by("id")
    items = list(found)
    if not items:
        raise NotFound(ProductOrder.NOUN, order_id)
    return shown([(items[0].order, items)])[0]


def order_page(
    *, customer_id: str | None, state: str | None, before: str | None, limit: int
) -> list[dict[str, Any]]:
    """Orders, newest first, older than `before`."""
    items = Prefetch("items", ProductOrderItem.objects.order_by("id"))
    found = ProductOrder.objects.prefetch_related(items).order_by("-id")
    if customer_id:
        found = found.filter(customer=Customer.objects.get_by_id(customer_id))
    if state:
        found = found.filter(state=state)
    if before:
        found = found.filter(id__lt=parse_id(before, ProductOrder.PREFIX, ProductOrder.NOUN))
    page = found[: clamp(limit, PAGE_LIMIT)]
    return shown([(order, list(order.items.all())) for order in page])


def shown(orders: list[tuple[ProductOrder, list[ProductOrderItem]]]) -> list[dict[str, Any]]:
    """Orders and their items, as every door shows them; promotions cost one statement more."""
    definitions = promotions.definitions_of(item.promotion_id for _, its in orders for item in its)
    engaged = [order.public_id for order, _ in orders] if definitions else []
    offers = promotions.offers_of(engaged) if engaged else {}
    return [
        show(order, [show_item(item, order, definitions, offers) for item in items])
        for order, items in orders
    ]


def show(order: ProductOrder, items: list[dict[str, Any]]) -> dict[str, Any]:
    """An order with its items."""
    return {
        "id": order.public_id,
        "href": HREF + order.public_id,
        "customerId": order.owner,
        "state": order.state,
        "stateReason": order.state_reason or None,
        "orderDate": iso(order.placed_at),
        "requestedCompletionDate": iso(order.wanted_by),
        "completedDate": iso(order.completed_at),
        "expiresAt": iso(order.expires_at) if order.state == OrderState.ACKNOWLEDGED else None,
        "stuckSince": iso(order.stuck_at) if order.is_under_way else None,
        "msisdnPreference": order.msisdn_preference or None,
        "notes": order.notes or None,
        "paymentId": Payment.public_id_of(order.payment_id),
        "items": items,
        "@type": "ProductOrder",
    }


def show_item(
    item: ProductOrderItem,
    order: ProductOrder,
    definitions: dict[str, str],
    offers: dict[str, str],
) -> dict[str, Any]:
    """An item, which stands where its order stands, and what the loyalty engine calls its price."""
    return {
        "id": item.public_id,
        "action": item.action,
        "offeringId": item.offering_id,
        "state": order.state,
        "targetSubscriptionId": Subscription.public_id_of(item.subscription_id),
        "priceAmount": money_text(item.amount),
        "priceCurrency": item.currency,
        "priceOfferingPriceId": item.price_id,
        **show_discount(item),
        "promoOfferDefinitionId": definitions.get(item.promotion_id or ""),
        "promoOfferId": offers.get(order.public_id),
    }


def show_discount(item: ProductOrderItem) -> dict[str, Any]:
    """What an item's price is lowered by, for how many periods; -1 is for ever."""
    promised = item.discount is not None
    return {
        "discountCode": item.discount_code or None,
        "discountType": item.discount_type or None,
        "discountValue": money_text(item.discount_value) if promised else None,
        "discountPeriodsTotal": item.discount_periods if promised else None,
        "promotionId": item.promotion_id,
        "discountAmount": money_text(item.discount_amount) if promised else None,
        "effectiveAmount": money_text(item.amount - item.discount_amount),
    }


def order_tree(order_id: str) -> dict[str, Any]:
    """One order with the service orders, services and network tasks it led to."""
    view = order_view(order_id)
    lines = [item["targetSubscriptionId"] for item in view["items"] if item["targetSubscriptionId"]]
    return view | {
        "_extras": {
            "serviceOrders": provisioning.list_service_orders(view["id"]),
            "services": [service for line in lines for service in provisioning.list_services(line)],
            "tasks": tasks_of(view["id"]),
        }
    }


def tasks_of(order_id: str) -> list[dict[str, Any]]:
    """What the network was asked for an order, oldest first."""
    tasks = ProvisioningTask.objects.filter(service_order__order_id=order_id)
    return [show_task(task) for task in tasks.select_related("service_order").order_by("id")]


def is_over(order_id: str, target: str) -> bool:
    """True when an order is in a state, or will never be."""
    state = ProductOrder.objects.get_by_id(order_id).state
    return state == target or state in OVER


def network_was_asked(order: ProductOrder) -> bool:
    """True once provisioning began."""
    return ServiceOrder.objects.filter(order_id=order.public_id).exists()


def patience() -> timedelta:
    """How long an order may be in progress before somebody must look."""
    return timedelta(seconds=settings.BSS.order_stuck_seconds)


def overdue(moment: datetime) -> QuerySet[ProductOrder]:
    """Orders in progress for too long that nobody was told about, the oldest first."""
    waiting = ProductOrder.objects.filter(state=OrderState.IN_PROGRESS, stuck_at=None)
    late = Q(state_changed_at__lte=moment - patience()) | Q(wanted_by__lte=moment)
    return waiting.filter(late).order_by("state_changed_at")


def lapsed(moment: datetime) -> QuerySet[ProductOrder]:
    """Orders that were not submitted in time, the oldest first."""
    waiting = ProductOrder.objects.filter(state=OrderState.ACKNOWLEDGED, expires_at__lte=moment)
    return waiting.order_by("expires_at")


def port_view(port_request_id: str) -> dict[str, Any]:
    """One port request."""
    return show_port(PortRequest.objects.get_by_id(port_request_id))


def port_page(
    *, state: str | None, direction: str | None, limit: int, offset: int
) -> list[dict[str, Any]]:
    """Port requests, newest first."""
    found = PortRequest.objects.order_by("-id")
    if state:
        found = found.filter(state=state)
    if direction:
        found = found.filter(direction=direction)
    return [show_port(request) for request in found[offset : offset + limit]]


def show_port(request: PortRequest) -> dict[str, Any]:
    """A port request, as every door shows it; never its PIN."""
    refused = request.state in (PortState.REJECTED, PortState.DECLINED)
    return {
        "id": request.public_id,
        "direction": request.direction,
        "donorCarrier": request.donor_carrier,
        "donorMsisdn": request.donor_msisdn,
        "targetSubscriptionId": Subscription.public_id_of(request.target_id),
        "requestedPortDate": request.requested_port_date.isoformat(),
        "state": request.state,
        "rejectionReason": request.state_reason or None if refused else None,
        "attempt": request.attempt,
        "cutOverAt": iso(request.cut_over_at),
        "releasedAt": iso(request.released_at),
        "stuckSince": iso(request.stuck_at),
        "dueAt": iso(request.due_at),
        "createdAt": iso(request.created_at),
        "updatedAt": iso(request.state_changed_at),
    }


def is_ours(msisdn: str) -> bool:
    """True for a number in our books that has not left us."""
    numbers = Number.objects.filter(msisdn=msisdn)
    return numbers.exclude(state=Number.State.PORTED_OUT).exists()


def is_in_use(line: Subscription) -> bool:
    """True for a line that has a number: being set up, in service or blocked."""
    return line.state in HOLDING_STATES


def obstacle_to(request: PortRequest) -> str:
    """What stands in the way of completing a port at this moment; empty when nothing does."""
    line = request.target
    if not request.comes_in:
        elsewhere = line is None or line.msisdn != request.donor_msisdn
        return f"{request.donor_msisdn} is not on the line any more." if elsewhere else ""
    if is_ours(request.donor_msisdn):
        return f"{request.donor_msisdn} is a number of ours already."
    if line is not None and not line.is_live:
        return f"{line.public_id} is {line.state}."
    if line is not None and provisioning.is_locked(line.msisdn):
        return f"{line.msisdn} is locked to {line.public_id}."
    return ""


def ports_due(moment: datetime, limit: int) -> list[str]:
    """Port requests for which something must happen now."""
    keys = PortRequest.objects.due_at(moment).values_list("pk", flat=True)[:limit]
    return [str(PortRequest.public_id_of(key)) for key in keys]


def awaits_messages() -> bool:
    """True while another operator has something to answer."""
    return PortRequest.objects.filter(state__in=SENT_STATES).exists()
