"""Plans, prices and promotions, as other systems see them: TMF620 and TMF671."""

from .offerings import CATALOG
from .promotions import PROMOTIONS

__all__ = ["CATALOG", "PROMOTIONS"]
