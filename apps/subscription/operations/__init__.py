"""The verbs of a line."""

from .device_change import (
    cancel_device_change,
    change_device,
    end_device_change,
    expire_device_change,
    fail_device_change,
    finish_device_change,
    follow_device_change,
    list_device_changes,
    roll_back_device_change,
)
from .grants import close_grants
from .lines import abandon, activate, prepare, terminate
from .number_change import replace_number
from .plans import cancel_pending_plan_change, migrate_to_new_price, schedule_plan_change
from .reads import find_by_msisdn, get, get_balance, get_esim_activation, list_for_customer
from .renewals import open_renewals, remind, renew_now, settle_renewal, tick_renewals_now
from .resetting import reset
from .service import align_service, change_service
from .top_ups import purchase_vas, settle_topup, take_back
from .usage import consume

__all__ = [
    "abandon",
    "activate",
    "align_service",
    "cancel_device_change",
    "cancel_pending_plan_change",
    "change_device",
    "change_service",
    "close_grants",
    "consume",
    "end_device_change",
    "expire_device_change",
    "fail_device_change",
    "find_by_msisdn",
    "finish_device_change",
    "follow_device_change",
    "get",
    "get_balance",
    "get_esim_activation",
    "list_device_changes",
    "list_for_customer",
    "migrate_to_new_price",
    "open_renewals",
    "prepare",
    "purchase_vas",
    "remind",
    "reset",
    "renew_now",
    "replace_number",
    "roll_back_device_change",
    "schedule_plan_change",
    "settle_renewal",
    "settle_topup",
    "take_back",
    "terminate",
    "tick_renewals_now",
]
