"""Lines, what they were given and used, the numbers they held, what was bought for them."""

from .device_changes import DeviceChange
from .grants import Bucket, Grant
from .lines import HOLDING, LIVE, BlockReason, State, Subscription
from .numbers import NumberAssignment
from .purchases import Attempt, Renewal, TopUp

__all__ = [
    "HOLDING",
    "LIVE",
    "Attempt",
    "BlockReason",
    "Bucket",
    "DeviceChange",
    "Grant",
    "NumberAssignment",
    "Renewal",
    "State",
    "Subscription",
    "TopUp",
]
