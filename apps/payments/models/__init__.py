"""Cards, payments, refunds and the books."""

from .cards import PaymentMethod, PaymentMethodState
from .ledger import LedgerEntry, Receipt, ReceiptCounter, receipt_id
from .payments import (
    OPEN_STATES,
    OVER_WITHOUT_MONEY,
    Payment,
    PaymentAttempt,
    PaymentLine,
    PaymentState,
    Purpose,
)
from .refunds import Refund, RefundState

__all__ = [
    "OPEN_STATES",
    "OVER_WITHOUT_MONEY",
    "LedgerEntry",
    "Payment",
    "PaymentAttempt",
    "PaymentLine",
    "PaymentMethod",
    "PaymentMethodState",
    "PaymentState",
    "Purpose",
    "Receipt",
    "ReceiptCounter",
    "Refund",
    "RefundState",
    "receipt_id",
]
