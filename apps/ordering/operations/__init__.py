"""The verbs of an order."""

from .activation import capture_activation, fail_activation, give_up, settle_activation
from .ending import cancel, expire, flag_stuck
from .placing import create, place, submit
from .reading import get, list_orders, tree, wait_until
from .resetting import reset

__all__ = [
    "cancel",
    "capture_activation",
    "create",
    "expire",
    "fail_activation",
    "flag_stuck",
    "get",
    "give_up",
    "list_orders",
    "place",
    "reset",
    "settle_activation",
    "submit",
    "tree",
    "wait_until",
]
