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
from .reconciliations import Reconciliation, Told
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
    "Reconciliation",
    "Refund",
    "RefundState",
    "Told",
    "receipt_id",
]
