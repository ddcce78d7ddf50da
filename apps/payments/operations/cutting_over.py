"""Cards that the card processor in use does not know."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from apps.crm.models import Customer
from apps.payments import policies, queries
from apps.payments.events import PaymentMethodCutoverInvalidated
from apps.payments.models import PaymentMethod
from bss.core.operations import operation

from .cards import elect_default, facts_of_card, tell_of_card

Most = Annotated[int, Field(ge=1, le=500)]


@operation("payment.cut_over", effect="destructive", roles="finance")
def cut_over(*, limit: Most = 200) -> dict[str, Any]:
    """Retire cards known only to another processor and ask their owners for new ones.

    So many at a time: repeat it until none is left.
    """
    strange = queries.cards_of_other_processors()
    keys = list(strange.order_by("customer_id", "pk").values_list("pk", "customer_id")[:limit])
    Customer.objects.lock_all(sorted({customer for _, customer in keys}))
    methods: list[PaymentMethod] = PaymentMethod.objects.lock_all([pk for pk, _ in keys])
    retired = [method for method in methods if method.can("expire")]
    for method in retired:
        _retire(method)
    return {
        "processor": policies.provider(),
        "retired": [method.public_id for method in retired],
        "left": queries.cards_of_other_processors().count(),
    }


def _retire(method: PaymentMethod) -> None:
    was_default, method.is_default = method.is_default, False
    method.move("expire", reason="known to another processor", also=["is_default"])
    event = PaymentMethodCutoverInvalidated(**facts_of_card(method), processor=method.provider)
    tell_of_card(method, event, f"cannot pay any more: {policies.provider()} does not know it")
    if was_default:
        elect_default(method.customer_id, provider=policies.provider())
