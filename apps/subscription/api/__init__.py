"""Lines and what is in them, as other systems see them: TMF637 and TMF654."""

from .balances import BALANCES
from .products import PRODUCTS

__all__ = ["BALANCES", "PRODUCTS"]
