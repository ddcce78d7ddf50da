"""Every screen of the console, one file each; a new file here is a new screen."""

from importlib import import_module
from pkgutil import iter_modules


def declare() -> None:
    """Load them all, in the order of their names; the menu groups them."""
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        import_module(f"{__name__}.{module.name}")
