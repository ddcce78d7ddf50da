"""Forgetting: a sandbox, or what a customer wrote."""

from __future__ import annotations

from django.db import connection

from apps.crm.models import Customer
from apps.ordering.models import ProductOrder
from bss.core.operations import operation


@operation("order.reset", internal=True, effect="destructive")
def reset() -> None:
    """Forget every order and every port request of a sandbox."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ordering_portmessage")
        cursor.execute("DELETE FROM ordering_portrequest")
        cursor.execute("DELETE FROM ordering_productorderitem")
        cursor.execute("DELETE FROM ordering_productorder")


@operation("order.erase_notes", internal=True, effect="destructive")
def erase_notes(*, customer_id: str) -> int:
    """Forget what was noted on the orders of an erased customer; how many those were."""
    customer = Customer.objects.get_by_id(customer_id)
    noted = ProductOrder.objects.filter(customer=customer).exclude(notes="")
    gone: int = noted.update(notes="")
    return gone
