"""Who the programs of a town act as."""

from __future__ import annotations

from contextlib import AbstractContextManager

from bss.core import context
from bss.core.context import Context


def engineer() -> AbstractContextManager[Context]:
    """Somebody on the machine itself, who may do everything."""
    return context.acting(Context(actor="engineer", channel="cli"))
