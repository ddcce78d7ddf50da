"""Proving an e-mail address: a code goes there, and whoever reads it repeats it."""

from __future__ import annotations

import secrets

from apps.crm import policies, queries, rules
from apps.crm.events import EmailChangeRequested, EmailVerified
from apps.crm.models import ContactMedium, Customer, EmailChange, MediumType
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.operations import operation

from .contacts import change_email, lock_open

PROVING = "care supervisor customer"


@operation(
    "customer.request_email_change",
    effect="write",
    roles=PROVING,
    result=queries.email_change_view,
)
def request_email_change(*, customer_id: str, email: str) -> EmailChange:
    """Send a code to the address a customer wishes to be written to.

    Their own address is proven the same way, also after mail to it came back.
    """
    customer = lock_open(customer_id)
    address = policies.usable_contact(MediumType.EMAIL, email)
    policies.require_address_of_nobody_else(customer, address)
    now = clock.now()
    policies.require_patience(customer, now)
    for earlier in customer.email_changes.locking().filter(state="requested"):
        earlier.move("supersede", reason="a newer request")
    change: EmailChange = EmailChange.objects.create(
        customer=customer,
        address=address,
        seed=secrets.token_hex(16),
        attempts_left=rules.CODE_ATTEMPTS,
        requested_at=now,
        expires_at=now + rules.CODE_VALIDITY,
    )
    _send_code(change, customer)
    publish(
        EmailChangeRequested(customer_id=customer.public_id, email_change_id=change.public_id),
        aggregate=change,
        about=customer.public_id,
        summary="Asked to be written to at another address",
    )
    return change


def _send_code(change: EmailChange, customer: Customer) -> None:
    letter = queries.message("email_change_code", {"code": rules.CODE_PLACE})
    request_call(
        gateway="mail",
        method="send",
        key=f"email_change/{change.public_id}",
        args={
            "to": change.address,
            "subject": letter.subject,
            "body": letter.body,
            "seed": change.seed,
        },
        then="email_change.settle",
        then_args={"change_id": change.public_id},
        queue="mail",
        about=customer.public_id,
        shown={"recipient": change.address, "subject": letter.subject},
    )


@operation("email_change.settle", internal=True)
def settle_code(*, outcome: Outcome, change_id: str) -> None:
    """Give a change up when its code could not be delivered."""
    change: EmailChange = EmailChange.objects.lock(change_id)
    if outcome.refused and change.can("fail"):
        change.move("fail", reason=outcome.reason or outcome.code)


@operation(
    "customer.confirm_email_change",
    effect="write",
    roles=PROVING,
    result=queries.email_change_view,
)
def confirm_email_change(*, customer_id: str, code: str) -> EmailChange:
    """Write to the new address from now on if the code is the one sent there.

    A wrong code is an answer and no refusal, because it counts: after five the change has failed.
    """
    customer = lock_open(customer_id)
    change = policies.open_change(customer, clock.now())
    if queries.code_fits(change, code):
        change.move("confirm")
        _take_over(customer, change)
        return change
    change.attempts_left -= 1
    if change.attempts_left > 0:
        change.save(update_fields=["attempts_left"])
    else:
        change.move("fail", reason="too many wrong codes", also=["attempts_left"])
    return change


def _take_over(customer: Customer, change: EmailChange) -> None:
    policies.require_address_of_nobody_else(customer, change.address)
    change_email(customer_id=customer.public_id, email=change.address)
    medium: ContactMedium = customer.contact_media.with_email(change.address).get()
    medium.verified_at, medium.bounced_at = clock.now(), None
    medium.save(update_fields=["verified_at", "bounced_at"])
    publish(
        EmailVerified(customer_id=customer.public_id, contact_medium_id=medium.public_id),
        aggregate=customer,
        about=customer.public_id,
        summary="E-mail address proven",
    )


@operation("email_change.expire", internal=True)
def expire_email_change(*, change_id: str) -> None:
    """Let a code go stale that nobody used."""
    change: EmailChange = EmailChange.objects.lock(change_id)
    if change.can("expire") and change.expires_at <= clock.now():
        change.move("expire")
