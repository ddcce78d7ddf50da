"""Cards, payments and papers, as other systems see them: TMF666, 670, 676 and 678."""

from .accounts import ACCOUNTS
from .bills import BILLS
from .cards import METHODS
from .payments import PAYMENTS
from .webhooks import stripe_webhook

__all__ = ["ACCOUNTS", "BILLS", "METHODS", "PAYMENTS", "stripe_webhook"]
