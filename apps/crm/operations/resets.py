from django.db import connection

from apps.crm.models import (
    Case,
    CaseNote,
    ChatTranscript,
    ContactMedium,
    Customer,
    EmailChange,
    IdentityDocument,
    Individual,
    Interaction,
    KycAttestation,
    KycSession,
    MessagePreference,
    Notification,
    ServiceNotice,
    Ticket,
)
from bss.core.operations import operation

# Those that point at others first.
EMPTIED = (
    Notification,
    MessagePreference,
    Interaction,
    Ticket,
    CaseNote,
    Case,
    ChatTranscript,
    ServiceNotice,
    EmailChange,
    KycSession,
    KycAttestation,
    IdentityDocument,
    ContactMedium,
    Customer,
    Individual,
)


@operation("crm.reset", effect="destructive", internal=True)
def reset() -> None:
    """Forget every customer of a sandbox; colleagues stay."""
    with connection.cursor() as cursor:
        for model in EMPTIED:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
