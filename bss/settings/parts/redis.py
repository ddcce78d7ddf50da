"""Valkey or Redis: one server, one numbered database for each purpose."""

from typing import Any
from urllib.parse import urlsplit

from bss.settings.environment import env

REDIS_URL = str(env("REDIS_URL", default="redis://127.0.0.1:1/0"))
BROKER, CHANNELS, CACHE = range(3)


def numbered(purpose: int, first: int = 0) -> str:
    """The URL of the one database that was given; only parallel tests count on from it.

    Broker, channels and cache share it: their keys begin differently.
    """
    url = urlsplit(REDIS_URL)
    given = int(url.path.strip("/") or 0)
    return url._replace(path=f"/{given + first}").geturl()


def caches(first: int = 0) -> dict[str, Any]:
    """Django's CACHES."""
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": numbered(CACHE, first),
            "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 1},
        }
    }


def channel_layers(first: int = 0) -> dict[str, Any]:
    """Channels' CHANNEL_LAYERS."""
    # The client's default time-out would close every socket that is idle for five seconds.
    host = {"address": numbered(CHANNELS, first), "socket_timeout": None}
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [host]},
        }
    }
