"""Is the process alive, and can it do its work?"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError


def live(request: HttpRequest) -> HttpResponse:
    """Answers as long as the process does."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """Answers 503 while PostgreSQL or Valkey cannot be reached."""
    found = {"postgres": reached(ask_postgres), "valkey": reached(ask_valkey)}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def reached(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (DatabaseError, RedisError):
        return False
    return True


def ask_postgres() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_valkey() -> None:
    cache.get("health")
