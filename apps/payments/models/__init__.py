"""Cards, payments, refunds and the books."""

from .cards import PaymentMethod, PaymentMethodState
from .disputes import Dispute, DisputeState
from .exemptions import TaxExemption
from .ledger import (
    CreditNote,
    CreditNoteCounter,
    LedgerEntry,
    Receipt,
    ReceiptCounter,
    receipt_id,
)
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
from .webhooks import HookState, ProcessorEvent

__all__ = [
    "OPEN_STATES",
    "OVER_WITHOUT_MONEY",
    "CreditNote",
    "CreditNoteCounter",
    "Dispute",
    "DisputeState",
    "HookState",
    "LedgerEntry",
    "Payment",
    "PaymentAttempt",
    "PaymentLine",
    "PaymentMethod",
    "PaymentMethodState",
    "PaymentState",
    "ProcessorEvent",
    "Purpose",
    "Receipt",
    "ReceiptCounter",
    "Reconciliation",
    "Refund",
    "RefundState",
    "TaxExemption",
    "Told",
    "receipt_id",
]
