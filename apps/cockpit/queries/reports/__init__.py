"""Reports: each one declaration and one function that finds its rows."""

from .ahead import renewals_ahead
from .leaks import leakage
from .lives import activations, churn
from .pools import pools
from .revenue import arpu, mrr
from .sales import funnel, topups

__all__ = [
    "activations",
    "arpu",
    "churn",
    "funnel",
    "leakage",
    "mrr",
    "pools",
    "renewals_ahead",
    "topups",
]
