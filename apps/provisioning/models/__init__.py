"""Pools of numbers and eSIMs; services, the orders that change them, and their tasks."""

from .esims import EsimProfile
from .faults import FaultRule
from .numbers import Number
from .pools import PoolAlarm
from .resources import PooledResource
from .service_orders import ProvisioningTask, ServiceOrder
from .services import Service

__all__ = [
    "EsimProfile",
    "FaultRule",
    "Number",
    "PoolAlarm",
    "PooledResource",
    "ProvisioningTask",
    "Service",
    "ServiceOrder",
]
