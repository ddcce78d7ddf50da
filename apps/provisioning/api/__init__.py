"""Services, resources and orders to the network: TMF638 to 641; and what the SM-DP+ tells us."""

from .activation import ACTIVATION
from .notifications import notifications
from .orders import SERVICE_ORDERS
from .resources import RESOURCES
from .services import SERVICES

__all__ = ["ACTIVATION", "RESOURCES", "SERVICES", "SERVICE_ORDERS", "notifications"]
