"""The only place that reads the environment."""

import os

MODULES = {"development": "bss.settings.dev", "production": "bss.settings.prod"}


def choose() -> None:
    """Select the settings module that BSS_ENV asks for, unless one is chosen already."""
    from bss.settings.environment import one_of

    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", MODULES[one_of("BSS_ENV", MODULES, default="development")]
    )
