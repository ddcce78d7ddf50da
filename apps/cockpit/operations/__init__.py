"""What the cockpit itself adds: reports, explanations, traces, and a new installation."""

from . import explaining, following, reports, seeding

__all__ = ["explaining", "following", "reports", "seeding"]
