"""Explanations: the rows behind a balance, a charge, a block, and whether they add up."""

from .lines import explain_line
from .payments import explain_payment

__all__ = ["explain_line", "explain_payment"]
