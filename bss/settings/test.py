"""Tests: fast, alone, and the same on every machine."""

from dataclasses import replace

from bss.settings.base import *
from bss.settings.environment import env
from bss.settings.parts.postgres import databases
from bss.settings.parts.redis import caches, channel_layers
from bss.settings.product import read_product

# Each process of a parallel run has three numbered databases of its own.
FIRST = 3 * int("0" + env("PYTEST_XDIST_WORKER", default="").removeprefix("gw"))

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES = databases(pool=False)
CACHES = caches(FIRST)
CHANNEL_LAYERS = channel_layers(FIRST)
CELERY_BROKER_URL = numbered(BROKER, FIRST)
BSS = replace(
    read_product(production=False),
    simulated_delay=0.0,
    call_threads=1,
    wake_workers=False,
    write_spans=False,
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
