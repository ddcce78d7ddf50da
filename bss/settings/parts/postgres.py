"""PostgreSQL, from a libpq URL."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from bss import settings
from bss.settings.environment import env

NAMES = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}
# Nobody waits longer for a row that somebody else holds.
LOCK_SECONDS = 10
# Nor for the answer to one statement, when it is a person or program that waits on the web.
STATEMENT_SECONDS = env.int("BSS_STATEMENT_TIMEOUT_SECONDS", default=30)
POOL = {"min_size": 1, "max_size": 8, "timeout": 10}


def patience() -> str:
    """How long statements and locks are waited for; work without a door takes its time."""
    limits = {"lock_timeout": LOCK_SECONDS}
    if settings.serving:
        limits["statement_timeout"] = STATEMENT_SECONDS
    return " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())


def databases(*, pool: bool = True) -> dict[str, Any]:
    """Django's DATABASES for DATABASE_URL, pooled unless told otherwise."""
    try:
        given = conninfo_to_dict(env("DATABASE_URL", default="postgresql:///bss?host=/nowhere"))
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error
    options = {name: value for name, value in given.items() if name not in NAMES}
    return {
        "default": {
            "ENGINE": "bss.core.postgresql",
            **{setting: given.get(name, "") for name, setting in NAMES.items()},
            # A pool and persistent connections exclude each other.
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"options": patience()} | options | ({"pool": POOL} if pool else {}),
        }
    }
