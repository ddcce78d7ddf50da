"""Why a balance, a charge or a block is what it is."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from apps.cockpit.queries import explanations
from bss.core.operations import operation


@operation("subscription.explain", effect="read", roles="care supervisor engineer finance")
def explain_subscription(
    *, subscription_id: str, latest: Annotated[int, Field(ge=1, le=500)] = 20
) -> dict[str, Any]:
    """Explain a line: the rows behind its tariff, balances, charges and block, and their sums.

    Quantities are in bytes, seconds and messages, which always add up. `sums` is false when a
    figure is not the sum of its parts; `faults` names those. The latest events of usage come one
    by one, earlier ones in sums.
    """
    return explanations.explain_line(subscription_id, latest)


@operation("payment.explain", effect="read", roles="care supervisor finance")
def explain_payment(*, payment_id: str) -> dict[str, Any]:
    """Explain a payment: price row, promotion, tax, ledger, papers, what it gave, and their sums.

    `sums` is false when a figure is not the sum of its parts; `faults` names those.
    """
    return explanations.explain_payment(payment_id)
