from typing import Any

from django.db import connection

from apps.crm import queries
from apps.crm.events import NotificationFailed
from apps.crm.models import Customer, Direction, Notification, NotificationState
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.errors import NotFound
from bss.core.events import publish
from bss.core.ids import parse_id
from bss.core.models import note_moves
from bss.core.operations import operation

MAIL_CHANNEL = "email"

# The address and the row in one statement. A twin with the same key waits at the unique index
# until the first has committed, then inserts nothing.
_WRITE = """
INSERT INTO crm_notification (customer_id, key, template, recipient, subject, body, created_at,
    state, state_reason, state_changed_at)
SELECT c.id, %(key)s, %(template)s, coalesce(mail.value, ''), %(subject)s, %(body)s, %(now)s,
    %(state)s, '', %(now)s
FROM crm_customer c LEFT JOIN LATERAL (
    SELECT value FROM crm_contactmedium WHERE customer_id = c.id AND medium_type = 'email'
    ORDER BY valid_to DESC NULLS FIRST, id DESC LIMIT 1) mail ON true
WHERE c.id = %(customer)s
ON CONFLICT (key) DO NOTHING RETURNING *
"""
# The letter's transition and its line in the log in one statement.
_SENT = """
WITH sent AS (
    UPDATE crm_notification SET state = %(sent)s, state_reason = '', state_changed_at = %(now)s
    WHERE id = %(id)s AND state = %(was)s RETURNING customer_id, subject, body
)
INSERT INTO crm_interaction (customer_id, channel, direction, summary, body, related_case_id,
    related_ticket_id, occurred_at)
SELECT customer_id, %(channel)s, %(direction)s, 'Mail: ' || subject, body, '', '', %(now)s FROM sent
"""


@operation("notification.send", effect="write", internal=True, result=queries.notification_view)
def notify(*, customer_id: str, template: str, key: str, values: dict[str, Any]) -> Notification:
    """Tell a customer something by mail; the same key says it once.

    `template` names a file of templates/mail, `values` are its variables.
    """
    message = queries.message(template, values)
    notification = _write(customer_id, template, key, message)
    if notification is None:
        return _known(customer_id, key)
    if notification.recipient:
        _mail(notification, customer_id)
    else:
        notification.move("skip", reason="no e-mail address")
    return notification


def _write(
    customer_id: str, template: str, key: str, message: queries.Message
) -> Notification | None:
    parameters: dict[str, Any] = {
        "customer": parse_id(customer_id, Customer.PREFIX, "customer"),
        "key": key,
        "template": template,
        "subject": message.subject,
        "body": message.body,
        "state": NotificationState.REQUESTED,
        "now": clock.now(),
    }
    return next(iter(Notification.objects.raw(_WRITE, parameters)), None)


def _known(customer_id: str, key: str) -> Notification:
    known: Notification | None = Notification.objects.filter(key=key).first()
    if known is None:
        raise NotFound("customer", customer_id)
    return known


def _mail(notification: Notification, customer_id: str) -> None:
    request_call(
        gateway="mail",
        method="send",
        key=notification.key,
        args={
            "to": notification.recipient,
            "subject": notification.subject,
            "body": notification.body,
        },
        then="notification.settle",
        then_args={"notification_id": notification.public_id},
        queue="mail",
        about=customer_id,
        shown={"recipient": notification.recipient, "subject": notification.subject},
    )


@operation("notification.settle", effect="write", internal=True)
def settle_notification(*, outcome: Outcome, notification_id: str) -> None:
    """Write down whether a mail left, and keep it in the customer's log."""
    if outcome.succeeded:
        _sent(notification_id)
    else:
        _failed(Notification.objects.lock(notification_id), outcome)


def _sent(notification_id: str) -> None:
    key = parse_id(notification_id, Notification.PREFIX, "notification")
    was = NotificationState.REQUESTED
    sent = Notification(id=key, state=Notification.LIFECYCLE.target(notification_id, was, "send"))
    parameters: dict[str, Any] = {
        "id": key,
        "was": was,
        "sent": sent.state,
        "channel": MAIL_CHANNEL,
        "direction": Direction.OUTBOUND,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SENT, parameters)
        if cursor.rowcount:
            note_moves([sent], "send", was)
            return
    # It is something else by now, or unknown: the table of states says why that is refused.
    Notification.objects.lock(notification_id).move("send")


def _failed(notification: Notification, outcome: Outcome) -> None:
    reason = outcome.reason or outcome.code
    notification.move("fail", reason=reason)
    customer_id = Customer.public_id_of(notification.customer_id) or ""
    publish(
        NotificationFailed(
            customer_id=customer_id,
            notification_id=notification.public_id,
            template=notification.template,
        ),
        aggregate=notification,
        about=customer_id,
        summary=f"Mail could not be delivered: {notification.subject}",
        after={"state": notification.state},
    )


@operation("notification.list", effect="read", roles="care supervisor engineer finance")
def list_notifications(*, customer_id: str, limit: int = 50) -> list[dict[str, Any]]:
    """List the mails sent to a customer, newest first."""
    return queries.notification_page(customer_id, limit)
