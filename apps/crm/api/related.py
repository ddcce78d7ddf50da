"""Customers as related parties of other resources."""

from __future__ import annotations

from typing import Any

from apps.crm.models import Customer
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Always, AnyFilter, Id
from bss.tmf.shapes import RelatedParty


def of_customer(column: str) -> dict[str, AnyFilter]:
    """The filters of the related party that a customer is."""
    return {
        "relatedParty.id": Id(column, Customer),
        "relatedParty.role": Always("customer"),
        "relatedParty.@referredType": Always("Customer"),
    }


CUSTOMER_PARTY = of_customer("customer")


def parties(customer_key: int) -> list[dict[str, Any]]:
    """A customer as related party."""
    customer = Customer.public_id_of(customer_key)
    return [{"id": customer, "role": "customer", "@referredType": "Customer"}]


def customer_of(related: list[RelatedParty]) -> str:
    """The customer among some parties: the one in that role, or the only one."""
    buyers = [party for party in related if party.role.lower() == "customer"] or related
    if len(buyers) != 1:
        raise InvalidArguments("relatedParty: name the one customer it is about.")
    return buyers[0].id
