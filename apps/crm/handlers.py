from typing import Any

from apps.crm import operations, queries
from apps.crm.events import (
    CaseReplied,
    ContactMediumUpdated,
    CustomerClosed,
    CustomerCreated,
    CustomerKycExpiring,
    CustomerResumed,
    CustomerSuspended,
    KycSessionDeclined,
    NoticeTold,
)
from bss.core.events import Record, on, on_any


@on_any(about="CUST-", queue="mail")
def keep_log(records: list[Record]) -> None:
    operations.record_events(
        events=[
            operations.Happening(
                event_id=record.id,
                customer_id=record.about,
                channel=record.channel,
                summary=record.summary,
                at=record.at,
                aggregate=record.aggregate,
            )
            for record in records
        ]
    )


def tell(customer_id: str, template: str, about: object, **values: Any) -> None:
    """Write to a customer; `about` tells one occasion for this letter from another."""
    operations.notify(
        customer_id=customer_id, template=template, key=f"{template}/{about}", values=values
    )


@on(ContactMediumUpdated, queue="mail")
def tell_about_changed_contact(event: ContactMediumUpdated) -> None:
    tell(
        event.customer_id,
        "contact_changed",
        event.contact_medium_id,
        kind=event.medium_type,
    )
    if event.medium_type == "email" and event.replaced_id:
        # Whoever lost the address to somebody else reads it only there.
        operations.notify(
            customer_id=event.customer_id,
            template="contact_changed",
            key=f"contact_changed/{event.contact_medium_id}/before",
            values={"kind": event.medium_type},
            medium_id=event.replaced_id,
        )


@on(CustomerCreated, queue="mail")
def welcome(event: CustomerCreated) -> None:
    name = queries.given_name(event.customer_id)
    tell(event.customer_id, "welcome", event.customer_id, name=name)


@on(CustomerClosed, queue="mail")
def say_goodbye(event: CustomerClosed) -> None:
    tell(event.customer_id, "account_closed", event.customer_id)


@on(CustomerSuspended, queue="mail")
def tell_suspended(event: CustomerSuspended) -> None:
    tell(event.customer_id, "account_suspended", event.record.id, reason=event.reason)


@on(CustomerResumed, queue="mail")
def tell_resumed(event: CustomerResumed) -> None:
    tell(event.customer_id, "account_resumed", event.record.id)


@on(CustomerKycExpiring, queue="mail")
def ask_for_new_proof(event: CustomerKycExpiring) -> None:
    day = event.expires_at[:10]
    tell(event.customer_id, "kyc_expiring", f"{event.customer_id}/{day}", due=day)


@on(KycSessionDeclined, queue="mail")
def tell_declined(event: KycSessionDeclined) -> None:
    tell(event.customer_id, "kyc_declined", event.session_id, reason=event.reason)


@on(CaseReplied, queue="mail")
def send_reply(event: CaseReplied) -> None:
    words = {"subject": event.subject, "text": event.body}
    tell(event.customer_id, "case_reply", event.note_id, case=event.case_id, **words)


@on(NoticeTold, queue="mail")
def tell_of_notice(event: NoticeTold) -> None:
    occasion = f"{event.notice_id}/{event.version}/{event.customer_id}"
    notice = queries.notice_view(event.notice_id)
    tell(event.customer_id, "service_notice", occasion, title=notice["title"], body=notice["body"])
