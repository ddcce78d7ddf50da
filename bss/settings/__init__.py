"""The only place that reads the environment."""

import os

MODULES = {"development": "bss.settings.dev", "production": "bss.settings.prod"}
# Whether this process answers requests, which may take only so long.
serving = False


def choose(*, serves: bool = False) -> None:
    """Select the settings module that BSS_ENV asks for, unless one is chosen already."""
    from bss.settings.environment import one_of

    global serving
    serving = serves
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", MODULES[one_of("BSS_ENV", MODULES, default="development")]
    )
