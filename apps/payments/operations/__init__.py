"""The verbs of cards and money."""

from .cards import (
    add_card,
    erase_cards,
    give_up_cards,
    link_card,
    remove_method,
    set_default,
    settle_link,
    take_over_card,
    warn,
)
from .charging import charge, settle_manual
from .cutting_over import cut_over
from .disputing import close_dispute, decide, list_disputes, open_dispute, take_up
from .exempting import end_exemption, grant_exemption, list_exemptions
from .hearing import apply_message, receive
from .opening import open_payment, open_payments
from .papers import (
    download_credit_note,
    download_receipt,
    file_of_credit_note,
    file_of_receipt,
    get_credit_note,
    get_receipt,
    list_receipts,
    send_receipt,
)
from .reading import (
    get,
    get_attempt,
    list_attempts,
    list_methods,
    list_payments,
    list_waiting,
    list_waiting_refunds,
    statement,
    trial_balance,
)
from .reconciling import answer, ask_again, reconcile, reconcile_refund, settle_inquiry
from .refunding import refund, refund_unserved, settle_refund, take_in
from .resetting import reset
from .settlers import settler_of, settles
from .settling import capture, mark_served, record_outcome, void

__all__ = [
    "add_card",
    "answer",
    "apply_message",
    "ask_again",
    "capture",
    "charge",
    "close_dispute",
    "cut_over",
    "decide",
    "download_credit_note",
    "download_receipt",
    "end_exemption",
    "file_of_credit_note",
    "file_of_receipt",
    "get",
    "get_attempt",
    "get_credit_note",
    "get_receipt",
    "grant_exemption",
    "erase_cards",
    "give_up_cards",
    "link_card",
    "take_over_card",
    "list_attempts",
    "list_disputes",
    "list_exemptions",
    "list_methods",
    "list_payments",
    "list_receipts",
    "list_waiting",
    "list_waiting_refunds",
    "mark_served",
    "open_dispute",
    "open_payment",
    "open_payments",
    "receive",
    "reconcile",
    "reconcile_refund",
    "record_outcome",
    "refund",
    "refund_unserved",
    "remove_method",
    "reset",
    "send_receipt",
    "set_default",
    "settle_inquiry",
    "settle_link",
    "settle_manual",
    "settle_refund",
    "settler_of",
    "settles",
    "statement",
    "take_in",
    "take_up",
    "trial_balance",
    "void",
    "warn",
]
