"""What the terminal reads of the kernel's own rows."""

from bss.core.models import Call


def has_open_calls(trace_id: str) -> bool:
    """True while the outside has not given a final answer to something this trace asked."""
    return Call.objects.exclude(state="done").filter(context__trace_id=trace_id).exists()
