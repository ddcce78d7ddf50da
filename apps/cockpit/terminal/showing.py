"""Which card shows which operation's answer, and what else the card must know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import RenderableType

from bss.core.context import current
from bss.core.errors import BssError
from bss.core.operations import invoke
from bss.core.registry import registry

from .cards import (
    catalog,
    customer,
    esim,
    explanation,
    line,
    order,
    payment,
    plain,
    promotion,
    proposal,
    report,
    work,
)
from .cards.frames import Sight

Data = Mapping[str, Any]
LINE = ("subscription.get", "subscription.purchase_vas", "subscription.renew_now",
        "subscription.terminate", "subscription.schedule_plan_change", "subscription.suspend",
        "subscription.cancel_pending_plan_change", "subscription.resume")  # fmt: skip
ORDER = (
    "order.get",
    "order.tree",
    "order.create",
    "order.place",
    "order.submit",
    "order.cancel",
    "order.wait_until",
)
PERSON = ("customer.get", "customer.find_by_msisdn", "customer.find_by_email", "customer.create")
CARDS: dict[str, Callable[..., RenderableType]] = {
    **dict.fromkeys(LINE, line.line_card),
    **dict.fromkeys(ORDER, order.order_card),
    **dict.fromkeys(PERSON, customer.customer_card),
    "subscription.list_for_customer": line.line_table,
    "subscription.get_balance": line.balance_card,
    "subscription.get_esim_activation": esim.esim_card,
    "inventory.esim.get_activation": esim.esim_card,
    "inventory.esim.list_available": esim.esim_table,
    "customer.list": customer.customer_table,
    "order.list": order.order_table,
    "provisioning.list_tasks": order.task_table,
    "catalog.list_offerings": catalog.catalog_table,
    "catalog.list_active_offerings": catalog.catalog_table,
    "catalog.get_offering": catalog.offering_card,
    "catalog.add_offering": catalog.offering_card,
    "catalog.list_vas": catalog.vas_table,
    "events.list": work.event_table,
    "audit.events_by_identity": work.event_table,
    "call.list": work.call_table,
    "delivery.list": work.delivery_table,
    "provisioning.list_faults": work.fault_table,
    "promo.list": promotion.promotion_table,
    "proposal.list": proposal.proposal_table,
    "proposal.get": proposal.proposal_card,
    "proposal.cancel": proposal.proposal_card,
    "payment.list_methods": payment.method_table,
    "payment.add_card": payment.method_card,
    "payment.list_attempts": payment.payment_table,
    "payment.list": payment.payment_table,
    "payment.get": payment.payment_card,
    "payment.reconcile_refund": payment.payment_card,
    "receipt.list": payment.receipt_table,
    "payment.reconcile": payment.payment_card,
    "payment.refund": payment.payment_card,
    "payment.get_attempt": payment.payment_card,
    "payment.charge": payment.payment_card,
    "subscription.explain": explanation.line_explained,
    "payment.explain": explanation.payment_explained,
}


def card_of(name: str, result: Any) -> RenderableType:
    """The card of an answer."""
    sight = Sight.here()
    if not result and isinstance(result, list):
        return plain.any_table(result, sight)
    made = report.report_table if name.startswith("report.") else CARDS.get(name)
    if made:
        whole = look("order.tree", order_id=result["id"]) if name in ORDER else None
        return made(whole or result, sight, **around(name, result))
    if isinstance(result, list):
        return plain.any_table(result, sight)
    return plain.any_card(result, sight, name) if isinstance(result, Mapping) else str(result)


def around(name: str, result: Any) -> dict[str, Any]:
    """What a card shows that is not part of the answer."""
    if name in LINE:
        return {
            "customer": look("customer.get", customer_id=result.get("customerId")),
            "offering": look("catalog.get_offering", offering_id=result.get("offeringId")),
        }
    if name in PERSON:
        return {"methods": look("payment.list_methods", customer_id=result.get("id"))}
    if name in ORDER:
        return {"customer": look("customer.get", customer_id=result.get("customerId"))}
    return {}


def look(name: str, /, **args: Any) -> Any:
    """A read, where it exists and whoever looks may use it; a card does without what is missing."""
    found = registry().get(name)
    if found is None or None in args.values() or not current().allows(name, found.effect):
        return None
    try:
        return invoke(name, args).result
    except BssError:
        return None
