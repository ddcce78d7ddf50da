"""The verbs of a line."""

from .auto_top_ups import (
    agree_auto_top_up,
    clear_auto_top_up,
    get_auto_top_up,
    top_up_by_itself,
)
from .buckets import adjust, lapse, list_changes, release, reserve, transfer, use_reserve
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
from .endings import cancel_termination, end_with_period, terminate_at_period_end
from .grants import close_grants
from .importing import import_csv
from .lines import abandon, activate, prepare, terminate
from .names import erase_names, rename
from .notices import reach
from .number_change import replace_number
from .plans import cancel_pending_plan_change, migrate_to_new_price, schedule_plan_change
from .reads import find_by_msisdn, get, get_balance, get_esim_activation, list_for_customer
from .renewals import open_renewals, remind, renew_now, settle_renewal, tick_renewals_now
from .resetting import reset
from .service import align_service, change_service, push_balance
from .suspensions import (
    end_pause,
    hold_disputed,
    lift_lawful_suspension,
    list_suspensions,
    pause,
    release_disputed,
    resume,
    suspend,
    suspend_by_law,
)
from .taking_over import take_over
from .top_ups import purchase_vas, settle_topup, take_back
from .usage import consume

__all__ = [
    "abandon",
    "activate",
    "adjust",
    "agree_auto_top_up",
    "align_service",
    "cancel_device_change",
    "cancel_pending_plan_change",
    "cancel_termination",
    "change_device",
    "change_service",
    "clear_auto_top_up",
    "close_grants",
    "consume",
    "end_device_change",
    "erase_names",
    "end_pause",
    "end_with_period",
    "expire_device_change",
    "fail_device_change",
    "find_by_msisdn",
    "finish_device_change",
    "follow_device_change",
    "get",
    "get_auto_top_up",
    "get_balance",
    "get_esim_activation",
    "hold_disputed",
    "import_csv",
    "lapse",
    "lift_lawful_suspension",
    "list_changes",
    "list_device_changes",
    "list_for_customer",
    "list_suspensions",
    "migrate_to_new_price",
    "open_renewals",
    "pause",
    "prepare",
    "purchase_vas",
    "push_balance",
    "reach",
    "release",
    "release_disputed",
    "remind",
    "rename",
    "renew_now",
    "replace_number",
    "reserve",
    "reset",
    "resume",
    "roll_back_device_change",
    "schedule_plan_change",
    "settle_renewal",
    "settle_topup",
    "suspend",
    "suspend_by_law",
    "take_back",
    "take_over",
    "terminate",
    "terminate_at_period_end",
    "tick_renewals_now",
    "top_up_by_itself",
    "transfer",
    "use_reserve",
]
