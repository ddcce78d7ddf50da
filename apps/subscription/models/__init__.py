"""Lines, what they were given and used, the numbers they held, what was bought for them."""

from .auto_top_ups import AutoTopUp
from .balance_changes import BalanceChange
from .device_changes import DeviceChange
from .grants import Bucket, Grant
from .imports import ImportedRecord
from .lines import HOLDING, LIVE, BlockReason, State, Subscription
from .numbers import NumberAssignment
from .purchases import Attempt, Renewal, TopUp
from .suspensions import Cause, Suspension

__all__ = [
    "HOLDING",
    "LIVE",
    "Attempt",
    "AutoTopUp",
    "BalanceChange",
    "BlockReason",
    "Bucket",
    "Cause",
    "DeviceChange",
    "Grant",
    "ImportedRecord",
    "NumberAssignment",
    "Renewal",
    "State",
    "Subscription",
    "Suspension",
    "TopUp",
]
