"""People and their concerns, as other systems see them: TMF629, 632, 621, 681 and 683."""

from .care import INTERACTIONS, MESSAGES, TICKETS
from .customers import CUSTOMERS
from .parties import PARTIES
from .webhooks import webhooks

__all__ = ["CUSTOMERS", "INTERACTIONS", "MESSAGES", "PARTIES", "TICKETS", "webhooks"]
