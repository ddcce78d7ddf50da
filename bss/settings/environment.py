"""Reading and refusing environment variables."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parents[2]

# NAME_FILE may name a file that holds the value, as container secrets do.
env = FileAwareEnv()
env.read_env(os.environ.get("BSS_DOTENV", BASE_DIR / ".env"))

PLACEHOLDERS = ("changeme", "change-me", "placeholder", "insecure", "example", "secret")


def one_of(name: str, allowed: Iterable[str], default: str) -> str:
    """The value of a variable, which must be one of the allowed words."""
    value = str(env(name, default=default))
    if value not in allowed:
        words = ", ".join(sorted(allowed))
        raise ImproperlyConfigured(f"{name} is '{value}'; it must be one of: {words}.")
    return value


def secret(name: str, *, at_least: int) -> str:
    """The value of a secret, which must be long enough and no placeholder."""
    value = str(env(name, default=""))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set.")
    if len(value) < at_least:
        raise ImproperlyConfigured(f"{name} must have at least {at_least} characters.")
    if is_placeholder(value):
        raise ImproperlyConfigured(f"{name} still holds a placeholder.")
    return value


def address(name: str) -> str:
    """The URL of a service, whose password must be no placeholder."""
    value = required(name)
    if is_placeholder(urlsplit(value).password or ""):
        raise ImproperlyConfigured(f"The password in {name} is still a placeholder.")
    return value


def is_placeholder(value: str) -> bool:
    """Whether a secret is one of the words that people leave in example files."""
    return any(word in value.lower() for word in PLACEHOLDERS)


def required(name: str) -> str:
    """The value of a variable that has no default."""
    value = str(env(name, default=""))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value
