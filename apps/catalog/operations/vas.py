"""Top-ups: put on sale, and for how long."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from apps.catalog import policies, queries, rules
from apps.catalog.events import VasAdded, VasWindowed
from apps.catalog.models import VasOffering
from apps.catalog.operations.offerings import Amount, Code
from bss.core import clock, quantities
from bss.core.events import publish
from bss.core.money import parse_money
from bss.core.operations import operation

EVERYONE = "care supervisor engineer finance catalog_manager customer"
# -1 is unlimited
Granted = Annotated[int, Field(ge=-1, le=1_000_000_000)]
Hours = Annotated[int, Field(ge=1, le=8784)]


@operation("catalog.list_vas", effect="read", roles=EVERYONE)
def list_vas() -> list[dict[str, Any]]:
    """List the top-ups on sale now, cheapest first."""
    return queries.vas_list(clock.now())


@operation("catalog.get_vas", effect="read", roles=EVERYONE)
def get_vas(*, vas_offering_id: str) -> dict[str, Any]:
    """Show a top-up, whether or not it is on sale now."""
    return queries.vas_view(vas_offering_id)


@operation("catalog.add_vas", effect="write", roles="catalog_manager", result=queries.vas_view)
def add_vas(
    *,
    vas_offering_id: Code,
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)],
    amount: Amount,
    allowance_type: Literal["data", "voice", "sms", "data_roaming"],
    allowance_quantity: Granted,
    expiry_hours: Hours | None = None,
    currency: str | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> VasOffering:
    """Add a top-up; without hours what it grants lasts to the end of the period."""
    policies.require_new_vas(vas_offering_id)
    policies.require_grant(allowance_quantity)
    opens, closes = rules.utc(valid_from), rules.utc(valid_to)
    policies.require_window(opens, closes)
    vas: VasOffering = VasOffering.objects.create(
        id=vas_offering_id,
        name=name,
        amount=parse_money(amount),
        currency=policies.own_currency(currency),
        kind=allowance_type,
        quantity=quantities.allowance(allowance_type, allowance_quantity),
        expiry_hours=expiry_hours,
        valid_from=opens,
        valid_to=closes,
    )
    publish(
        VasAdded(vas_offering_id=vas.pk),
        aggregate=vas,
        summary=f"{vas.name} added to the catalog",
        after=audited(vas),
    )
    return vas


@operation("catalog.window_vas", effect="write", roles="catalog_manager", result=queries.vas_view)
def window_vas(
    *, vas_offering_id: str, valid_from: datetime | None = None, valid_to: datetime | None = None
) -> VasOffering:
    """Set when a top-up is sold; what was bought of it stays."""
    opens, closes = rules.utc(valid_from), rules.utc(valid_to)
    policies.require_window(opens, closes)
    vas: VasOffering = VasOffering.objects.lock(vas_offering_id)
    before = audited(vas)
    vas.valid_from, vas.valid_to = opens, closes
    vas.save(update_fields=["valid_from", "valid_to"])
    publish(
        VasWindowed(vas_offering_id=vas.pk),
        aggregate=vas,
        summary=f"Sale period of {vas.name} changed",
        before=before,
        after=audited(vas),
    )
    return vas


def audited(vas: VasOffering) -> dict[str, Any]:
    """What the audit log keeps of a top-up."""
    return queries.vas_shape(vas) | {"validFor": queries.window_shape(vas)}
