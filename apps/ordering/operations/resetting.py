"""Emptying a sandbox."""

from __future__ import annotations

from apps.ordering.models import ProductOrder, ProductOrderItem
from bss.core.operations import operation


@operation("order.reset", internal=True, effect="destructive")
def reset() -> None:
    """Forget every order of a sandbox."""
    ProductOrderItem.objects.all().delete()
    ProductOrder.objects.all().delete()
