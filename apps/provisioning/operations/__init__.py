"""The verbs: pools, service orders, tasks, faults, seed."""

from .esims import (
    assign_esim,
    get_activation,
    get_esim,
    import_esims,
    list_available_esims,
    recycle_esim,
    release_esim,
    report_esim,
    reserve_esim,
    settle_withdrawal,
)
from .faults import list_faults, set_fault_injection
from .numbers import (
    add_range,
    assign_number,
    count_numbers,
    end_quarantine,
    expire_holds,
    get_number,
    hold_for_customer,
    hold_number,
    list_available_numbers,
    port_out_number,
    quarantine_number,
    release_hold,
    release_number,
)
from .pools import watch_pools
from .seed import reset, seed
from .service_orders import open_service_order
from .services import (
    get_service,
    get_service_order,
    list_service_orders,
    list_services,
)
from .tasks import finish_task, get_task, list_tasks, resolve_stuck, retry_failed

__all__ = [
    "add_range",
    "assign_esim",
    "assign_number",
    "count_numbers",
    "end_quarantine",
    "expire_holds",
    "finish_task",
    "get_activation",
    "get_esim",
    "get_number",
    "get_service",
    "get_service_order",
    "get_task",
    "hold_for_customer",
    "hold_number",
    "import_esims",
    "list_available_esims",
    "list_available_numbers",
    "list_faults",
    "list_service_orders",
    "list_services",
    "list_tasks",
    "open_service_order",
    "port_out_number",
    "quarantine_number",
    "recycle_esim",
    "release_esim",
    "release_hold",
    "release_number",
    "report_esim",
    "reserve_esim",
    "reset",
    "resolve_stuck",
    "retry_failed",
    "seed",
    "set_fault_injection",
    "settle_withdrawal",
    "watch_pools",
]
