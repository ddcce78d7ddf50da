"""What is refused about notices, with the words for it."""

from apps.crm.models import (
    NoticeState,
    ServiceNotice,
)
from bss.core.errors import rule

NOTICE_CLOSED = rule("notice.update.closed", "{notice_id} is over.")
BACKWARDS = rule("notice.open.ends_before_it_starts", "It would end before it begins.")


def require_open_notice(notice: ServiceNotice) -> None:
    """What is over is not news any more."""
    if notice.state == NoticeState.CLOSED:
        raise NOTICE_CLOSED(notice_id=notice.public_id)


def require_order_of_times(notice: ServiceNotice) -> None:
    """Things end after they begin."""
    if notice.ends_at is not None and notice.ends_at <= notice.starts_at:
        raise BACKWARDS()
