"""What must always be true of orders."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from apps.ordering import queries
from apps.ordering.models import PortRequest, ProductOrder
from apps.payments.models import Payment
from apps.provisioning.models import ServiceOrder
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.invariants import Broken, invariant
from bss.core.models import Call, Delivery

# The sweep that tells about stuck orders runs every minute.
SWEPT = timedelta(minutes=2)

_ENDED = """
WITH ended AS (
    SELECT o.id, o.state, o.payment_id, i.subscription_id,
        'ORD-' || lpad(o.id::text, greatest(6, length(o.id::text)), '0') AS public_id,
        'SUB-' || lpad(i.subscription_id::text, greatest(6, length(i.subscription_id::text)), '0')
            AS line_id
    FROM ordering_productorder o LEFT JOIN ordering_productorderitem i ON i.order_id = o.id
    WHERE o.state = ANY(%(states)s)
        AND (%(since)s::timestamptz IS NULL OR o.state_changed_at >= %(since)s)
)
"""
_UNSERVED = (
    _ENDED
    + """
SELECT e.public_id, p.state, p.served_by, s.state FROM ended e
LEFT JOIN payments_payment p ON p.id = e.payment_id
LEFT JOIN subscription_subscription s ON s.id = e.subscription_id
WHERE s.activated_at IS NULL OR s.order_id <> e.public_id
    OR p.state IS DISTINCT FROM 'captured' OR p.served_by <> e.line_id
"""
)
# Money reserved on a card counts as kept until somebody asked for its release.
_KEPT = (
    _ENDED
    + """
SELECT e.public_id, p.state, s.state, n.msisdn, x.iccid FROM ended e
LEFT JOIN payments_payment p ON p.id = e.payment_id
LEFT JOIN subscription_subscription s ON s.id = e.subscription_id
LEFT JOIN provisioning_number n ON n.owner <> '' AND n.owner IN (e.public_id, e.line_id)
LEFT JOIN provisioning_esimprofile x ON x.owner <> '' AND x.owner = e.line_id
WHERE n.id IS NOT NULL OR x.id IS NOT NULL OR s.state <> 'abandoned'
    OR (p.state = 'authorised' AND p.awaiting = '' AND p.state_reason = '')
    OR (p.state = 'captured' AND p.refunded + p.refunding < p.amount)
"""
)

# An order under way holds what makes it cheaper; a completed one has used it; another gave it back.
_MISPLACED = """
WITH promised AS (
    SELECT i.promotion_id, o.id, o.state_changed_at,
        'ORD-' || lpad(o.id::text, greatest(6, length(o.id::text)), '0') AS public_id,
        CASE WHEN o.state = 'completed' THEN 'consumed'
            WHEN o.state IN ('failed', 'cancelled') THEN 'released' ELSE 'reserved' END AS wanted
    FROM ordering_productorderitem i JOIN ordering_productorder o ON o.id = i.order_id
    WHERE i.promotion_id IS NOT NULL
)
SELECT p.public_id, p.wanted, r.state FROM promised p
LEFT JOIN catalog_redemption r ON r.owner = p.public_id AND r.promotion_id = p.promotion_id
WHERE r.state IS DISTINCT FROM p.wanted
    AND (%(since)s::timestamptz IS NULL OR p.state_changed_at >= %(since)s)
UNION ALL
SELECT r.owner, 'released', r.state FROM catalog_redemption r
LEFT JOIN ordering_productorderitem i
    ON i.order_id = substr(r.owner, 5)::bigint AND i.promotion_id = r.promotion_id
WHERE i.id IS NULL AND r.state <> 'released'
    AND (%(since)s::timestamptz IS NULL OR r.state_changed_at >= %(since)s)
"""


def found(sql: str, since: datetime | None, *states: str) -> list[tuple[str, ...]]:
    """What a query over orders that ended finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": since, "states": list(states)})
        return list(cursor.fetchall())


@invariant(
    "ordering.completed_is_served",
    "every completed order has an active line and the captured payment that served it",
)
def completed_is_served(since: datetime | None) -> Broken:
    """Completed orders whose line or payment says something else."""
    for order, payment, served, line in found(_UNSERVED, since, "completed"):
        yield {"order": order, "payment": payment, "served": served, "line": line}


@invariant(
    "ordering.ended_keeps_nothing",
    "a failed or cancelled order keeps no money, no number, no eSIM and no line",
)
def ended_keeps_nothing(since: datetime | None) -> Broken:
    """Orders that came to nothing and still have something."""
    for order, payment, line, msisdn, iccid in found(_KEPT, since, "failed", "cancelled"):
        yield {
            "order": order, "payment": payment, "line": line, "msisdn": msisdn, "iccid": iccid,
        }  # fmt: skip


@invariant(
    "ordering.redemptions_follow_orders",
    "an order under way holds its promotion, a completed one has used it, others gave it back",
)
def redemptions_follow_orders(since: datetime | None) -> Broken:
    """Uses of promotions that are not where their order is."""
    for order, wanted, state in found(_MISPLACED, since):
        yield {"order": order, "wanted": wanted, "state": state}


@invariant(
    "ordering.nothing_forgotten",
    "an order in progress past its deadline is being worked on or was reported as stuck",
)
def nothing_forgotten(since: datetime | None) -> Broken:
    """Overdue orders that nobody was told about and nothing is open for."""
    for order in queries.overdue(clock.now() - SWEPT).prefetch_related("items"):
        if not has_open_work(order):
            yield {"order": order.public_id, "since": order.state_changed_at.isoformat()}


def has_open_work(order: ProductOrder) -> bool:
    """True while a worker will still do something for an order."""
    lines = [Subscription.public_id_of(item.subscription_id) for item in order.items.all()]
    about = [Payment.public_id_of(order.payment_id), *lines]
    calls = Call.objects.filter(about__in=about, state__in=("open", "answered"))
    service_orders = ServiceOrder.objects.filter(order_id=order.public_id)
    lanes = [service_order.public_id for service_order in service_orders]
    deliveries = Delivery.objects.filter(
        state="open", lane__in=lanes, handler__startswith="ordering."
    )
    return calls.exists() or deliveries.exists()


_ON_A_LINE = """
SELECT n.msisdn, 'SUB-' || lpad(s.id::text, greatest(6, length(s.id::text)), '0')
FROM provisioning_number n JOIN subscription_subscription s ON s.msisdn = n.msisdn
WHERE n.state = 'ported_out' AND s.state IN ('pending', 'active', 'blocked', 'suspended')
    AND (%(since)s::timestamptz IS NULL OR n.state_changed_at >= %(since)s
        OR s.state_changed_at >= %(since)s)
"""


@invariant("ordering.ported_out_is_gone", "a number that was ported out is on no line")
def ported_out_is_gone(since: datetime | None) -> Broken:
    """Lines that still have a number of another operator."""
    for msisdn, line in found(_ON_A_LINE, since):
        yield {"msisdn": msisdn, "line": line}


@invariant(
    "ordering.ports_move",
    "a port request under way is looked at in time or was reported as stuck",
)
def ports_move(since: datetime | None) -> Broken:
    """Port requests whose time came and went without a word."""
    overdue = PortRequest.objects.due_at(clock.now() - SWEPT).filter(stuck_at=None)
    for request in overdue:
        yield {"port_request": request.public_id, "due": str(request.due_at)}
