import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, connection
from redis import Redis
from redis.exceptions import RedisError

from bss.celery import app
from bss.embedded.places import write_private
from bss.settings.parts.redis import REDIS_URL

LOCK = 0x627373  # any number that nothing else locks
OLDEST_POSTGRES, OLDEST_REDIS = 15, 7


class Command(BaseCommand):
    """Bring the database up to date and fill an empty one; safe to run many times and at once."""

    help = "Migrate the database and seed an empty one."
    requires_system_checks = ()  # a server that does not answer is the better news

    def handle(self, *args: Any, **options: Any) -> None:
        with refused("DATABASE_URL", DatabaseError):
            require_postgres()
        with refused("REDIS_URL", RedisError):
            require_redis()
        self.check()
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=1)
            logins = seed()
        if logins:
            write_private(settings.BSS.var / "logins.json", logins)
        write_private(settings.BSS.var / "schedule.json", schedule())


@contextmanager
def refused(name: str, error: type[Exception]) -> Iterator[None]:
    """Say in one sentence that a server cannot be reached."""
    try:
        yield
    except error as why:
        raise CommandError(f"What {name} names cannot be reached: {why}") from None


def require_postgres() -> None:
    """Refuse a PostgreSQL that is too old."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10_000
    if version < OLDEST_POSTGRES:
        raise CommandError(f"PostgreSQL {version} is too old; {OLDEST_POSTGRES} is needed.")


def require_redis() -> None:
    """Refuse a Redis that is too old."""
    with Redis.from_url(REDIS_URL) as redis:
        version = str(redis.info("server")["redis_version"])
    if int(version.partition(".")[0]) < OLDEST_REDIS:
        raise CommandError(f"Redis {version} is too old; {OLDEST_REDIS} is needed.")


def seed() -> list[str]:
    """Put in place what a new installation needs; how to sign in, where that was made up."""
    said = StringIO()
    with redirect_stdout(said):
        call_command("bss", "--", "seed", "--json")
    results = json.loads(said.getvalue())
    return [login for result in results.values() for login in result.get("logins", ())]


def schedule() -> dict[str, Any]:
    """What beat sends, for a process that knows nothing of the product."""
    rows = app.conf.beat_schedule
    return {
        name: {**row, "schedule": row["schedule"].total_seconds()} for name, row in rows.items()
    }


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        connection.close()
