"""Celery's beat without Django, a third of its size; `prepare` has written down the schedule."""

import os
from pathlib import Path

from celery import Celery

from bss.embedded.places import read_private
from bss.settings.environment import required


def main() -> None:
    """Send what is due, for ever."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # or Celery would load it all
    app = Celery("bss")
    app.config_from_object("bss.settings.parts.celery", namespace="CELERY")
    app.conf.beat_schedule = read_private(Path(required("BSS_VAR")) / "schedule.json") or {}
    app.Beat(scheduler="celery.beat:Scheduler", loglevel="WARNING", quiet=True).run()


if __name__ == "__main__":
    main()
