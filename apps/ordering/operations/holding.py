"""The number an order wishes for, kept from others until the line has it."""

from __future__ import annotations

from apps.ordering.models import ProductOrder
from apps.provisioning import operations as provisioning


def hold_preference(order: ProductOrder) -> None:
    """Keep the number wished for; one that the customer held returns to that hold afterwards."""
    if order.msisdn_preference:
        provisioning.hold_number(
            owner=order.public_id,
            msisdn=order.msisdn_preference,
            expires_at=order.expires_at,
            from_hold=order.owner,
        )


def let_go_of_preference(order: ProductOrder) -> None:
    """Give the number back to the customer's hold or to the pool; its row stays locked."""
    if order.msisdn_preference:
        provisioning.release_number(
            owner=order.public_id,
            msisdn=order.msisdn_preference,
            reason=f"{order.public_id} needs it no more.",
        )
