"""The verbs of a line."""

from .grants import close_grants
from .lines import abandon, activate, prepare, terminate
from .notices import reach
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
    "cancel_pending_plan_change",
    "change_service",
    "close_grants",
    "consume",
    "find_by_msisdn",
    "get",
    "get_balance",
    "get_esim_activation",
    "list_for_customer",
    "migrate_to_new_price",
    "open_renewals",
    "prepare",
    "reach",
    "purchase_vas",
    "remind",
    "reset",
    "renew_now",
    "schedule_plan_change",
    "settle_renewal",
    "settle_topup",
    "take_back",
    "terminate",
    "tick_renewals_now",
]
