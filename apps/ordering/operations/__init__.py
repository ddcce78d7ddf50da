"""The verbs of an order."""

from .activation import capture_activation, fail_activation, give_up, settle_activation
from .cut_over import advance, approve, settle_cut_over
from .ending import cancel, expire, flag_stuck
from .placing import create, place, submit
from .port_messages import act_on_message, collect, receive, take_messages
from .porting import (
    create_port,
    end_ports_of,
    get_port,
    list_ports,
    reject_port,
    settle_submission,
    settle_withdrawal,
    submit_port,
)
from .reading import get, list_orders, tree, wait_until
from .resetting import erase_notes, reset

__all__ = [
    "act_on_message",
    "advance",
    "approve",
    "cancel",
    "capture_activation",
    "collect",
    "create",
    "create_port",
    "end_ports_of",
    "expire",
    "fail_activation",
    "flag_stuck",
    "get",
    "get_port",
    "give_up",
    "list_orders",
    "list_ports",
    "place",
    "receive",
    "reject_port",
    "erase_notes",
    "reset",
    "settle_activation",
    "settle_cut_over",
    "settle_submission",
    "settle_withdrawal",
    "submit",
    "submit_port",
    "take_messages",
    "tree",
    "wait_until",
]
