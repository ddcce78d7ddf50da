"""The verbs of cards and money."""

from .cards import add_card, link_card, remove_method, set_default, settle_link
from .charging import charge, settle_manual
from .opening import open_payment, open_payments
from .reading import (
    get,
    get_attempt,
    list_attempts,
    list_methods,
    list_payments,
    list_waiting,
)
from .reconciling import answer, ask_again, reconcile, settle_inquiry
from .refunding import refund, refund_unserved, settle_refund
from .resetting import reset
from .settlers import settler_of, settles
from .settling import capture, mark_served, record_outcome, void

__all__ = [
    "add_card",
    "answer",
    "ask_again",
    "capture",
    "charge",
    "get",
    "get_attempt",
    "link_card",
    "list_attempts",
    "list_methods",
    "list_payments",
    "list_waiting",
    "mark_served",
    "open_payment",
    "open_payments",
    "reconcile",
    "record_outcome",
    "refund",
    "refund_unserved",
    "remove_method",
    "reset",
    "set_default",
    "settle_inquiry",
    "settle_link",
    "settle_manual",
    "settle_refund",
    "settler_of",
    "settles",
    "void",
]
