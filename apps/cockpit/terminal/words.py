"""The words people already type, as other names of operations that exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bss.core.errors import InvalidArguments

Args = dict[str, Any]


@dataclass(frozen=True)
class Word:
    """A path of words that runs an operation."""

    path: str
    operation: str
    # argument -> the option name people know
    flags: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    # Rewrites what was typed before it is checked; the loose arguments are its own business.
    prepare: Callable[[Args], Args] | None = None
    loose: frozenset[str] = frozenset()


QUANTITY = re.compile(r"(?i)\s*(\d+)\s*(gb|mb|kb|bytes|minutes|min|seconds|sec|sms|count)?\s*")
UNITS = {"min": "minutes", "sec": "seconds", "sms": "count"}
SPOKEN = {"voice": "voice_minutes"}
UNIT_OF = {"data": "mb", "voice_minutes": "minutes", "sms": "count"}


def quantity_with_unit(args: Args) -> Args:
    """`1GB`, `500MB`, `3min` as quantity and unit; data unless another type is named."""
    typed = str(args.get("event_type", "data"))
    kind = SPOKEN.get(typed, typed)
    found = QUANTITY.fullmatch(str(args.get("quantity", "")))
    if not found:
        raise InvalidArguments(f"{args.get('quantity')!r} is not a quantity like 1GB or 3min.")
    spoken = (found[2] or args.get("unit") or UNIT_OF.get(kind, "count")).lower()
    unit = UNITS.get(spoken, spoken)
    return {**args, "event_type": kind, "quantity": int(found[1]), "unit": unit}


CHOSEN = {"promotion_id": "promo", "customer_ids": "customers"}
WORDS: tuple[Word, ...] = (
    Word("admin reset", "admin.reset_operational_data"),
    Word(
        "admin catalog add-offering",
        "catalog.add_offering",
        {"offering_id": "id", "amount": "price", "voice_minutes": "voice-min"},
    ),
    Word("admin catalog set-price", "catalog.add_price"),
    Word("admin catalog window-offering", "catalog.window_offering", {"offering_id": "id"}),
    Word("admin catalog retire-offering", "catalog.retire_offering", {"offering_id": "id"}),
    Word("admin catalog show", "catalog.list_active_offerings"),
    Word("admin knowledge search", "knowledge.search"),
    Word("case show", "case.get"),
    Word("catalog list", "catalog.list_active_offerings"),
    Word("catalog vas", "catalog.list_vas"),
    Word("catalog show", "catalog.get_offering"),
    Word("customer show", "customer.get"),
    Word("deliveries retry", "delivery.retry", {"delivery_id": "id"}),
    Word("deliveries discard", "delivery.discard", {"delivery_id": "id"}),
    Word("calls retry", "call.retry", {"call_id": "id"}),
    Word("calls discard", "call.discard", {"call_id": "id"}),
    Word("external-calls", "call.list", {"gateway": "provider"}),
    Word("inventory msisdn list", "inventory.msisdn.list_available", {"status": "state"}),
    Word("inventory msisdn show", "inventory.msisdn.get"),
    Word("inventory esim list", "inventory.esim.list_available"),
    Word("inventory esim show", "inventory.esim.get_activation"),
    Word("inventory esim activation", "inventory.esim.get_activation"),
    Word("order create", "order.create", {"msisdn_preference": "msisdn", "discount_code": "code"}),
    Word("order show", "order.get"),
    Word("payment add-card", "payment.add_card", {"card_number": "card"}),
    Word(
        "promo create",
        "promo.create",
        {
            "promotion_id": "id",
            "discount_type": "type",
            "discount_value": "value",
            "duration_kind": "duration",
            "promo_code_kind": "code-kind",
            "applicable_offering_ids": "offerings",
            "periods_total": "periods",
            "display_name": "name",
        },
    ),
    Word("promo assign", "promo.assign", {"promotion_id": "promo", "customer_ids": "customers"}),
    Word(
        "promo unassign", "promo.unassign", {"promotion_id": "promo", "customer_ids": "customers"}
    ),
    Word("promo exhaust", "promo.exhaust", {"promotion_id": "promo"}),
    Word("promo show", "promo.show", {"promotion_id": "promo"}),
    Word("prov tasks", "provisioning.list_tasks"),
    Word("prov show", "provisioning.get_task"),
    Word("prov resolve", "provisioning.resolve_stuck"),
    Word("prov retry", "provisioning.retry_failed"),
    Word("prov fault", "provisioning.set_fault_injection"),
    Word("som service list", "service.list_for_subscription"),
    Word("som service-show", "service.get"),
    Word("som so-show", "service_order.get"),
    Word("subscription show", "subscription.get"),
    Word("subscription list", "subscription.list_for_customer"),
    Word("subscription esim", "subscription.get_esim_activation"),
    Word("subscription vas", "subscription.purchase_vas", {"vas_offering_id": "vas"}),
    Word("subscription renew", "subscription.renew_now"),
    Word("ticket show", "ticket.get"),
    Word("ticket open", "ticket.open", {"ticket_type": "type"}),
    Word("ticket ack", "ticket.transition", fixed={"to_state": "acknowledged"}),
    Word("ticket start", "ticket.transition", fixed={"to_state": "in_progress"}),
    Word("ticket resolve", "ticket.resolve", {"resolution_notes": "notes"}),
    Word(
        "usage simulate",
        "usage.simulate",
        {"event_type": "type"},
        {},
        quantity_with_unit,
        frozenset({"event_type", "quantity", "unit"}),
    ),
)


def word_for(operation: str) -> Word:
    """The well-known word of an operation, or its own name."""
    known = (word for word in WORDS if word.operation == operation and not word.fixed)
    return next(known, Word(operation, operation))
