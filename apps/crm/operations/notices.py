"""Planned work and outages, told to everybody they touch."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from apps.crm import policies, queries
from apps.crm.events import NoticeClosed, NoticeEvent, NoticeOpened, NoticeTold, NoticeUpdated
from apps.crm.models import NoticeState, ServiceNotice
from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation

EVERYBODY = "care supervisor engineer finance"
WRITERS = "supervisor engineer"


@operation("notice.list", effect="read", roles=EVERYBODY)
def list_notices(*, state: NoticeState | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """List planned work and outages, the newest first."""
    return queries.notice_page(state, limit)


@operation("notice.get", effect="read", roles=EVERYBODY)
def get_notice(*, notice_id: str) -> dict[str, Any]:
    """Show planned work or an outage."""
    return queries.notice_view(notice_id)


@operation("notice.open", effect="write", roles=WRITERS, result=queries.notice_view)
def open_notice(
    *,
    kind: Literal["planned_work", "outage"],
    title: str,
    body: str,
    service: Literal["", "data", "voice", "sms", "data_roaming"] = "",
    zone: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> ServiceNotice:
    """Announce planned work or an outage to the customers it touches.

    Without a service it concerns all of them; without a zone it is everywhere.
    """
    notice = ServiceNotice(
        kind=kind,
        service=service,
        zone=zone.strip(),
        title=policies.require_words("title", title),
        body=policies.require_words("text", body),
        starts_at=starts_at or clock.now(),
        ends_at=ends_at,
    )
    policies.require_order_of_times(notice)
    notice.save()
    _tell(notice, NoticeOpened, "announced")
    return notice


@operation("notice.update", effect="write", roles=WRITERS, result=queries.notice_view)
def update_notice(
    *,
    notice_id: str,
    body: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> ServiceNotice:
    """Tell those concerned what is new about planned work or an outage."""
    notice: ServiceNotice = ServiceNotice.objects.lock(notice_id)
    policies.require_open_notice(notice)
    notice.body = policies.require_words("text", body)
    notice.starts_at = starts_at or notice.starts_at
    notice.ends_at = ends_at or notice.ends_at
    policies.require_order_of_times(notice)
    _tell_anew(notice)
    notice.save(update_fields=["body", "starts_at", "ends_at", "version", "told_up_to"])
    _tell(notice, NoticeUpdated, "updated")
    return notice


@operation("notice.close", effect="write", roles=WRITERS, result=queries.notice_view)
def close_notice(*, notice_id: str, body: str) -> ServiceNotice:
    """Tell those concerned that planned work or an outage is over."""
    notice: ServiceNotice = ServiceNotice.objects.lock(notice_id)
    notice.body = policies.require_words("text", body)
    notice.ends_at = max(clock.now(), notice.starts_at)
    _tell_anew(notice)
    notice.move("close", also=["body", "ends_at", "version", "told_up_to"])
    _tell(notice, NoticeClosed, "over")
    return notice


def _tell_anew(notice: ServiceNotice) -> None:
    notice.version += 1
    notice.told_up_to = 0


def _tell(notice: ServiceNotice, event: type[NoticeEvent], word: str) -> None:
    publish(
        event(notice_id=notice.public_id),
        aggregate=notice,
        summary=f"{notice.get_kind_display()} {word}: {notice.title}",
        after={"state": notice.state, "version": notice.version},
    )


@operation("notice.tell", internal=True)
def tell_notice(*, notice_id: str, customer_ids: list[str], up_to: int | None) -> None:
    """Tell some customers of a notice; `up_to` is the last one looked at, None after the last."""
    notice: ServiceNotice = ServiceNotice.objects.lock(notice_id)
    notice.told_up_to = up_to
    notice.save(update_fields=["told_up_to"])
    for customer_id in customer_ids:
        publish(
            NoticeTold(notice_id=notice_id, customer_id=customer_id, version=notice.version),
            aggregate=f"{notice_id}/{customer_id}",
            about=customer_id,
            summary=f"Told of: {notice.title}",
        )
