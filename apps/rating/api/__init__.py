"""Usage, as the network reports it and other systems ask for it: TMF635 and TMF677."""

from .consumption import CONSUMPTION
from .usage import USAGE

__all__ = ["CONSUMPTION", "USAGE"]
