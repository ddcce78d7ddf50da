"""Telling those whose lines suffer of planned work and outages."""

from __future__ import annotations

from apps.crm import operations as crm
from apps.crm.models import Customer, ServiceNotice
from apps.crm.queries import living_in
from apps.subscription import queries
from bss.core.operations import operation

# So many customers are looked at in one transaction.
BATCH = 1000


@operation("notice.reach", internal=True)
def reach(*, notice_id: str) -> None:
    """Tell the next customers whose lines a notice concerns."""
    notice: ServiceNotice = ServiceNotice.objects.lock(notice_id)
    if notice.told_up_to is None:
        return
    served = queries.customers_served(notice.service, notice.told_up_to, BATCH)
    concerned = living_in(notice.zone, served)
    crm.tell_notice(
        notice_id=notice_id,
        customer_ids=[Customer.public_id_of(key) or "" for key in concerned],
        up_to=served[-1] if len(served) == BATCH else None,
    )
