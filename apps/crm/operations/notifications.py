from typing import Any

from django.db import connection

from apps.crm import queries, rules
from apps.crm.events import NotificationFailed
from apps.crm.models import ContactMedium, Customer, Direction, Notification, NotificationState
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.errors import NotFound
from bss.core.events import publish
from bss.core.ids import parse_id
from bss.core.models import note_moves
from bss.core.operations import operation
from bss.core.owners import require_own

from .bounces import mark_bounced

MAIL_CHANNEL = "email"
BOUNCED = "mail.bounced"

# The address, the wishes and the row in one statement. A twin with the same key waits at the unique
# index until the first has committed, then inserts nothing.
_WRITE = """
WITH reader AS (
    SELECT c.id, mail.value, mail.bounced_at IS NOT NULL AS bounced,
        coalesce(p.locale, '') AS locale, coalesce(p.zone, '') AS zone, p.quiet_from, p.quiet_to,
        coalesce(%(topic)s = ANY(p.muted), false) AS muted
    FROM crm_customer c LEFT JOIN LATERAL (
        SELECT value, bounced_at FROM crm_contactmedium
        WHERE customer_id = c.id AND medium_type = 'email'
            AND (%(medium)s::bigint IS NULL OR id = %(medium)s)
        ORDER BY valid_to DESC NULLS FIRST, id DESC LIMIT 1) mail ON true
    LEFT JOIN crm_messagepreference p ON p.customer_id = c.id
    WHERE c.id = %(customer)s
), written AS (
    INSERT INTO crm_notification (customer_id, key, template, recipient, subject, body, created_at,
        state, state_reason, state_changed_at)
    SELECT id, %(key)s, %(template)s, coalesce(value, ''), %(subject)s, %(body)s, %(now)s,
        %(state)s, '', %(now)s
    FROM reader ON CONFLICT (key) DO NOTHING RETURNING *
)
SELECT written.*, reader.bounced, reader.muted, reader.locale, reader.zone, reader.quiet_from,
    reader.quiet_to
FROM written CROSS JOIN reader
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
def notify(
    *,
    customer_id: str,
    template: str,
    key: str,
    values: dict[str, Any],
    medium_id: str | None = None,
    attached: list[dict[str, str]] | None = None,
) -> Notification:
    """Tell a customer something by mail and on the site; the same key says it once.

    `template` names a file of templates/mail, `values` are its variables. It goes to where mail
    reaches the customer, or to one contact medium of theirs even after it has ended. `attached`
    are files (fileName, mediaType, content in base64) of a letter that never waits.
    """
    if attached and template in rules.TOPICS:
        raise RuntimeError(f"{template} may wait for the morning, and files do not.")
    message = queries.message(template, values)
    letter = _write(customer_id, template, key, message, medium_id)
    if letter is None:
        return _known(customer_id, key)
    if letter.locale:  # type: ignore[attr-defined]
        _translate(letter, values)
    _dispatch(letter, customer_id, attached or [])
    return letter


def _translate(letter: Any, values: dict[str, Any]) -> None:
    message = queries.message(letter.template, values, letter.locale)
    letter.subject, letter.body = message.subject, message.body
    letter.save(update_fields=["subject", "body"])


def _dispatch(letter: Any, customer_id: str, attached: list[dict[str, str]]) -> None:
    """Send a letter, let it wait for the morning, or say why it stays on the site."""
    if why_not := _why_not(letter):
        letter.move("skip", reason=why_not)
        return
    if letter.template in rules.TOPICS:
        wishes = letter.quiet_from, letter.quiet_to, letter.zone
        letter.send_at = queries.quiet_until(clock.now(), *wishes)
    if letter.send_at:
        letter.move("hold", reason="quiet hours", also=["send_at"])
    else:
        _mail(letter, customer_id, attached)


def _why_not(letter: Any) -> str:
    if letter.muted:
        return "the customer wishes no such mail"
    if not letter.recipient:
        return "no e-mail address"
    return "mail to this address comes back" if letter.bounced else ""


def _write(
    customer_id: str, template: str, key: str, message: queries.Message, medium_id: str | None
) -> Notification | None:
    parameters: dict[str, Any] = {
        "customer": parse_id(customer_id, Customer.PREFIX, "customer"),
        "medium": medium_id and parse_id(medium_id, ContactMedium.PREFIX, "contact medium"),
        "topic": rules.TOPICS.get(template, ""),
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


def _mail(
    notification: Notification, customer_id: str, attached: list[dict[str, str]] | None = None
) -> None:
    files = {"attached": attached} if attached else {}
    request_call(
        gateway="mail",
        method="send",
        key=notification.key,
        args={
            "to": notification.recipient,
            "subject": notification.subject,
            "body": notification.body,
            **files,
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
        return
    if outcome.code == BOUNCED:
        # Whose address it is comes before the letter in the order of locks.
        asked: Notification = Notification.objects.get_by_id(notification_id)
        mark_bounced(asked.recipient, outcome.reason)
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


@operation("notification.release", internal=True)
def release(*, notification_id: str) -> None:
    """Send a letter that waited for the morning, unless its address is no good any more."""
    letter: Notification = Notification.objects.lock(notification_id)
    if not letter.can("release") or letter.send_at is None or letter.send_at > clock.now():
        return
    if ContactMedium.objects.bounced(letter.customer_id, letter.recipient).exists():
        letter.move("skip", reason="mail to this address comes back")
        return
    letter.move("release")
    _mail(letter, Customer.public_id_of(letter.customer_id) or "")


@operation("notification.mark_read", effect="write", roles="care customer")
def mark_read(*, notification_id: str) -> dict[str, Any]:
    """Note that a customer has read a message on the site."""
    asked: Notification = Notification.objects.get_by_id(notification_id)
    require_own("notification", Customer.public_id_of(asked.customer_id), notification_id)
    letter: Notification = Notification.objects.lock(notification_id)
    letter.read_at = letter.read_at or clock.now()
    letter.save(update_fields=["read_at"])
    return queries.notification_view(notification_id)
