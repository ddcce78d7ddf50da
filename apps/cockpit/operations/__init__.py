"""What the cockpit adds: reports, explanations, traces, a demonstration, a new installation."""

from . import demo, explaining, following, reports, seeding
from .demo import forget_demo, restore_demo, seed_demo

__all__ = [
    "demo",
    "explaining",
    "following",
    "forget_demo",
    "reports",
    "restore_demo",
    "seed_demo",
    "seeding",
]
