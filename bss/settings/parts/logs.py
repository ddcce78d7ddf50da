"""One line a record on standard error; whoever starts the process keeps it."""

from bss.settings.environment import one_of

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": one_of("BSS_LOG_LEVEL", LEVELS, default="INFO")},
    # The sweeps alone would fill a log with lines that say nothing.
    "loggers": {name: {"level": "WARNING"} for name in ("celery", "httpx")},
}
