"""Home: what waits for somebody, how much of it and since when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.cockpit.queries.sight import Sight
from apps.crm.models import Case, Ticket
from apps.ordering import queries as ordering
from apps.ordering.models import PortRequest
from apps.payments import queries as payments
from apps.provisioning.models import EsimProfile, Number, ProvisioningTask
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.administration import proposals
from bss.core.models import Call, Delivery

from .addresses import list_address
from .offering import may
from .rendering import render_page
from .screen import Rows

# Beyond this many, nobody needs to know exactly.
MOST = 999


@dataclass(frozen=True)
class WorkList:
    """Rows that wait for a person, and the list that shows them."""

    name: str
    title: str
    may: str
    rows: Callable[[], Rows]
    since: str
    screen: str
    query: str = ""
    done: str = "Nothing waits."
    # Below this many rows it is somebody's business; otherwise any row is.
    low: int = 0


def overdue(rows: Rows) -> Rows:
    """Those whose promised moment has passed."""
    return rows.filter(sla_due_at__lte=clock.now())


def open_proposals() -> Rows:
    """What somebody else must confirm."""
    return proposals.waiting().filter(second_person=True)


def broken_tasks() -> Rows:
    """What the network failed at, or never answered."""
    return ProvisioningTask.objects.filter(state__in=["failed", "stuck"])


def due_ports() -> Rows:
    """Numbers that somebody should look after by now."""
    under_way = PortRequest.objects.filter(state__in=["submitted", "validated"])
    return under_way.filter(due_at__lte=clock.now())


def free_numbers() -> Rows:
    """Numbers that can be sold."""
    return Number.objects.filter(state="available")


def free_esims() -> Rows:
    """Profiles that can be given out."""
    return EsimProfile.objects.filter(state="available")


OPEN = ("open", "in_progress", "pending_customer")
OPEN_TICKETS = ("open", "acknowledged", "in_progress", "pending")
WORK = (
    WorkList("blocked", "Blocked lines", "subscription.get",
             lambda: Subscription.objects.filter(state="blocked"), "state_changed_at",
             "lines", "state=blocked", "Every line works."),
    WorkList("failed-orders", "Stuck orders", "order.list",
             lambda: ordering.overdue(clock.now()), "state_changed_at",
             "orders", "state=in_progress", "Orders flow."),
    WorkList("tasks", "Failed and stuck tasks", "provisioning.list_tasks",
             broken_tasks, "state_changed_at",
             "tasks", "state=stuck", "The network does what it is asked."),
    WorkList("cases", "Cases past their promise", "case.list",
             lambda: overdue(Case.objects.filter(state__in=OPEN)), "sla_due_at",
             "cases", "state=open", "Every promise holds."),
    WorkList("tickets", "Tickets past their promise", "ticket.list",
             lambda: overdue(Ticket.objects.filter(state__in=OPEN_TICKETS)), "sla_due_at",
             "tickets", "state=open", "Every promise holds."),
    WorkList("unknown", "Payments unknown for a day", "payment.list_waiting",
             payments.unknown_for, "state_changed_at",
             "payments", "state=unknown", "Banks have answered."),
    WorkList("ports", "Ports due", "port_request.list",
             due_ports, "due_at",
             "ports", "", "No number waits."),
    WorkList("approvals", "Approvals waiting", "proposal.list", open_proposals, "created_at",
             "approvals", "", "Nobody waits for a second person."),
    WorkList("deliveries", "Parked deliveries", "delivery.list",
             lambda: Delivery.objects.filter(state="parked"), "run_at",
             "deliveries", "state=parked", "Every event was delivered."),
    WorkList("calls", "Parked calls", "call.list",
             lambda: Call.objects.filter(state="parked"), "requested_at",
             "calls", "state=parked", "The outside has answered."),
)  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """What runs out when nobody fills it."""

    title: str
    may: str
    rows: Callable[[], Rows]
    screen: str


POOLS = (
    Pool("Free numbers", "inventory.msisdn.get", free_numbers, "numbers"),
    Pool("Free eSIMs", "inventory.esim.get", free_esims, "esims"),
)  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Work lists and pools, each loading by itself."""
    shown = {"title": "Home", "work": [one for one in WORK if may(one.may)], "pools": pools()}
    return render_page(request, "cockpit/home.html", shown)


@require_safe
def work_list(request: HttpRequest, name: str) -> HttpResponse:
    """How much of one kind waits, and since when."""
    one = next((one for one in WORK if one.name == name and may(one.may)), None)
    if one is None:
        raise Http404(f"There is no work list {name}.")
    return render(request, "cockpit/_work.html", measured(one))


def measured(one: WorkList) -> dict[str, Any]:
    """A work list with its numbers."""
    rows = one.rows().order_by()
    count, oldest = rows.aggregate(n=Count("pk"), since=Min(one.since)).values()
    query = f"?{one.query}" if one.query else ""
    return {
        "work": one,
        "count": f"{MOST}+" if count > MOST else count,
        "waiting": bool(count),
        "age": age(oldest),
        "exact": Sight.here().exact(oldest.isoformat()) if oldest else "",
        "address": list_address(one.screen) + query,
    }


def age(since: datetime | None) -> str:
    """How long it has been: `3 d`, `5 h`, `12 min`."""
    if since is None:
        return ""
    minutes = max(int((clock.now() - since).total_seconds() // 60), 0)
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes >= size:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"


def pools() -> list[dict[str, Any]]:
    """How much is left of what runs out; counted only as far as it matters."""
    low = settings.BSS.number_pool_low
    enough = max(low * 10, MOST)
    shown = []
    for pool in POOLS:
        if may(pool.may):
            left = pool.rows().order_by()[: enough + 1].count()
            shown.append({
                "title": pool.title,
                "left": f"{enough}+" if left > enough else left,
                "low": left < low,
                "address": f"{list_address(pool.screen)}?state=available",
            })  # fmt: skip
    return shown
