"""The verbs of customer relations."""

from apps.crm.operations.agents import list_agents, seed
from apps.crm.operations.contacts import (
    add_contact_medium,
    change_email,
    remove_contact_medium,
    update_contact,
)
from apps.crm.operations.customers import (
    close,
    create,
    find_by_email,
    get,
    list_customers,
    resume,
    search,
    suspend,
    update,
)
from apps.crm.operations.identity import attest_kyc, expire_kyc, get_kyc_status
from apps.crm.operations.interactions import (
    Happening,
    list_interactions,
    log,
    record_events,
)
from apps.crm.operations.notifications import (
    list_notifications,
    notify,
    settle_notification,
)
from apps.crm.operations.resets import reset

__all__ = [
    "Happening",
    "add_contact_medium",
    "attest_kyc",
    "change_email",
    "close",
    "create",
    "expire_kyc",
    "find_by_email",
    "get",
    "get_kyc_status",
    "list_agents",
    "list_customers",
    "list_interactions",
    "list_notifications",
    "log",
    "notify",
    "record_events",
    "remove_contact_medium",
    "reset",
    "resume",
    "search",
    "seed",
    "settle_notification",
    "suspend",
    "update",
    "update_contact",
]
