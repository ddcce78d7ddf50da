from apps.crm import operations
from apps.crm.events import ContactMediumUpdated, CustomerClosed
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
            )
            for record in records
        ]
    )


@on(ContactMediumUpdated, queue="mail")
def tell_about_changed_contact(event: ContactMediumUpdated) -> None:
    operations.notify(
        customer_id=event.customer_id,
        template="contact_changed",
        key=f"contact_changed/{event.contact_medium_id}",
        values={"kind": event.medium_type},
    )


@on(CustomerClosed, queue="mail")
def say_goodbye(event: CustomerClosed) -> None:
    operations.notify(
        customer_id=event.customer_id,
        template="account_closed",
        key=f"account_closed/{event.customer_id}",
        values={},
    )
