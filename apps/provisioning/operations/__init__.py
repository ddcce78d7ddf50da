"""The verbs: pools, service orders, tasks, faults, seed."""

from .adopting import adopt_esim, adopt_number, adopt_service
from .esims import (
    assign_esim,
    count_esims,
    get_activation,
    get_esim,
    import_esims,
    list_available_esims,
    recycle_esim,
    release_esim,
    reserve_esim,
    settle_withdrawal,
    swap_esims,
)
from .faults import list_faults, set_fault_injection
from .installing import prepare_esim, redownload_esim, report_esim, settle_preparation
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
    quarantine_number,
    release_hold,
    release_number,
)
from .pools import set_aside, watch_pools
from .porting import lock_to_line, port_in_number, port_out_number, unlock_from_line
from .seed import reset, seed
from .service_orders import open_service_order
from .services import (
    get_service,
    get_service_order,
    list_service_orders,
    list_services,
)
from .stock import import_numbers, import_profiles
from .tasks import finish_task, get_task, list_tasks, resolve_stuck, retry_failed

__all__ = [
    "add_range",
    "adopt_esim",
    "adopt_number",
    "adopt_service",
    "assign_esim",
    "assign_number",
    "count_esims",
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
    "import_numbers",
    "import_profiles",
    "list_available_esims",
    "list_available_numbers",
    "list_faults",
    "list_service_orders",
    "list_services",
    "list_tasks",
    "lock_to_line",
    "open_service_order",
    "port_in_number",
    "port_out_number",
    "prepare_esim",
    "quarantine_number",
    "recycle_esim",
    "redownload_esim",
    "release_esim",
    "release_hold",
    "release_number",
    "report_esim",
    "reserve_esim",
    "reset",
    "resolve_stuck",
    "retry_failed",
    "seed",
    "set_aside",
    "set_fault_injection",
    "settle_preparation",
    "settle_withdrawal",
    "swap_esims",
    "unlock_from_line",
    "watch_pools",
]
