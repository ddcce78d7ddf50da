from typing import Any

from apps.crm import queries
from apps.crm.events import NotificationFailed
from apps.crm.models import Customer, Direction, Interaction, Notification
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.operations import operation

MAIL_CHANNEL = "email"


@operation("notification.send", effect="write", internal=True, result=queries.notification_view)
def notify(*, customer_id: str, template: str, key: str, values: dict[str, Any]) -> Notification:
    """Tell a customer something by mail; the same key says it once.

    `template` names a file of templates/mail, `values` are its variables.
    """
    known: Notification | None = Notification.objects.filter(key=key).first()
    if known:
        return known
    customer, address = queries.addressee(customer_id)
    message = queries.message(template, values)
    notification = Notification.objects.create(
        customer=customer,
        key=key,
        template=template,
        recipient=address or "",
        subject=message.subject,
        body=message.body,
    )
    if address:
        _mail(notification, customer.public_id)
    else:
        notification.move("skip", reason="no e-mail address")
    return notification


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
    notification = Notification.objects.lock(notification_id)
    if not outcome.succeeded:
        _failed(notification, outcome)
        return
    notification.move("send")
    Interaction.objects.create(
        customer_id=notification.customer_id,
        channel=MAIL_CHANNEL,
        direction=Direction.OUTBOUND,
        summary=f"Mail: {notification.subject}",
        body=notification.body,
    )


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
