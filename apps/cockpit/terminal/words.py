"""The words people already type, as other names of operations that exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bss.core import clock
from bss.core.errors import InvalidArguments
from bss.core.operations import run

from .cards.catalog import holds

Args = dict[str, Any]


@dataclass(frozen=True)
class Extra:
    """An option that leads to a second operation, with what the first one answered."""

    name: str
    help: str
    operation: str
    # (what was typed, the first answer) -> arguments of the second operation
    arguments: Callable[[Any, Mapping[str, Any]], Args]
    type: type = str

    @property
    def flag(self) -> str:
        """How it is typed."""
        return f"--{self.name.replace('_', '-')}"


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
    extras: tuple[Extra, ...] = ()


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


def with_price_id(args: Args) -> Args:
    """A new price needs an id: the one price that holds now lends its own, with a number."""
    if args.get("price_id"):
        return args
    plan = run("catalog.get_offering", offering_id=args["offering_id"])
    taken = [str(price["id"]) for price in plan["productOfferingPrice"]]
    holding = [str(price["id"]) for price in plan["productOfferingPrice"] if holds_now(price)]
    if len(holding) != 1:
        raise InvalidArguments(
            f"Name the new price by --price-id; {args['offering_id']} has {', '.join(taken)}."
        )
    free = (f"{holding[0]}_{number}" for number in range(2, len(taken) + 3))
    return {**args, "price_id": next(name for name in free if name not in taken)}


def holds_now(price: Mapping[str, Any]) -> bool:
    """Whether a price is in force at this moment."""
    return holds(price.get("validFor"), clock.now())


def switched_on(args: Args) -> Args:
    """A fault that is named is meant to happen, unless it is switched off."""
    return {"enabled": True, **args}


CARD_TOO = Extra(
    "card",
    "Put this card on file too.",
    "payment.add_card",
    lambda number, customer: {"customer_id": customer["id"], "card_number": number},
)
ESIM_TOO = Extra(
    "show_esim",
    "Show the code of its eSIM too.",
    "subscription.get_esim_activation",
    lambda wanted, line: {"subscription_id": line["id"]},
    bool,
)

CHOSEN = {"promotion_id": "promo", "customer_ids": "customers"}
WORDS: tuple[Word, ...] = (
    Word("admin reset", "admin.reset_operational_data"),
    Word(
        "admin catalog add-offering",
        "catalog.add_offering",
        {"offering_id": "id", "amount": "price", "voice_minutes": "voice-min"},
    ),
    Word(
        "admin catalog set-price",
        "catalog.add_price",
        prepare=with_price_id,
        loose=frozenset({"price_id"}),
    ),
    Word("admin catalog migrate-price", "subscription.migrate_to_new_price"),
    Word("admin catalog window-offering", "catalog.window_offering", {"offering_id": "id"}),
    Word("admin catalog retire-offering", "catalog.retire_offering", {"offering_id": "id"}),
    Word("admin catalog show", "catalog.list_active_offerings"),
    Word("admin knowledge search", "knowledge.search"),
    Word("case show", "case.get"),
    Word("catalog list", "catalog.list_active_offerings"),
    Word("catalog vas", "catalog.list_vas"),
    Word("catalog show", "catalog.get_offering"),
    Word("customer create", "customer.create", extras=(CARD_TOO,)),
    Word("customer list", "customer.list", {"name_contains": "name"}),
    Word("customer show", "customer.get"),
    Word("deliveries retry", "delivery.retry", {"delivery_id": "id"}),
    Word("deliveries discard", "delivery.discard", {"delivery_id": "id"}),
    Word("calls retry", "call.retry", {"call_id": "id"}),
    Word("calls discard", "call.discard", {"call_id": "id"}),
    Word("inventory msisdn list", "inventory.msisdn.list_available", {"status": "state"}),
    Word("inventory msisdn show", "inventory.msisdn.get"),
    Word("inventory esim list", "inventory.esim.list_available", {"status": "state"}),
    Word("inventory esim show", "inventory.esim.get"),
    Word("inventory esim activation", "inventory.esim.get_activation"),
    Word("order create", "order.create", {"msisdn_preference": "msisdn", "discount_code": "code"}),
    Word("order show", "order.get"),
    Word("payment cutover", "payment.cut_over"),
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
    Word("proposals show", "proposal.get", {"proposal_id": "id"}),
    Word("proposals cancel", "proposal.cancel", {"proposal_id": "id"}),
    Word("prov tasks", "provisioning.list_tasks"),
    Word("prov show", "provisioning.get_task"),
    Word("prov resolve", "provisioning.resolve_stuck"),
    Word("prov retry", "provisioning.retry_failed"),
    Word(
        "prov fault",
        "provisioning.set_fault_injection",
        {"enabled": "enable/disable"},
        prepare=switched_on,
        loose=frozenset({"enabled"}),
    ),
    Word("prov faults", "provisioning.list_faults"),
    Word("som service list", "service.list_for_subscription"),
    Word("som service-show", "service.get"),
    Word("som so-show", "service_order.get"),
    Word("subscription show", "subscription.get", extras=(ESIM_TOO,)),
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
