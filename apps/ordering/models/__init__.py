"""What customers asked for, and numbers on their way from or to other operators."""

from .orders import OrderState, ProductOrder, ProductOrderItem
from .ports import PortMessage, PortRequest

__all__ = ["OrderState", "PortMessage", "PortRequest", "ProductOrder", "ProductOrderItem"]
