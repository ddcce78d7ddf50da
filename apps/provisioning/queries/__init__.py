"""What can be read about pools, services, orders and tasks."""

from .pools import (
    activation_of,
    count_esims,
    count_numbers,
    esim_view,
    list_esims,
    list_numbers,
    number_view,
)
from .services import (
    list_service_orders,
    list_services,
    list_tasks,
    service_order_view,
    service_view,
    task_view,
)
from .work import (
    armed_faults,
    commercial_order_of,
    esim_state_of,
    fault_view,
    has_failed,
    is_locked,
    is_superseded,
    list_faults,
    resources_of,
    services_of,
)

__all__ = [
    "activation_of",
    "armed_faults",
    "commercial_order_of",
    "count_esims",
    "count_numbers",
    "esim_state_of",
    "esim_view",
    "fault_view",
    "has_failed",
    "is_locked",
    "is_superseded",
    "list_esims",
    "list_faults",
    "list_numbers",
    "list_service_orders",
    "list_services",
    "list_tasks",
    "number_view",
    "resources_of",
    "services_of",
    "service_order_view",
    "service_view",
    "task_view",
]
