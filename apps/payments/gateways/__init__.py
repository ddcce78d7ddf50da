"""Where money is really moved: card processors, and the one for amounts of nothing."""

from bss.core.calls import register_gateway

from .mock import MockCards
from .nothing import Nothing
from .stripe import StripeCards

register_gateway("cards", "mock", MockCards)
register_gateway("cards", "stripe", StripeCards)
register_gateway("nothing", "simulator", Nothing)
