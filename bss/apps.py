from importlib import import_module

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """The composition root, last to be ready: it knows everything and nothing knows it."""

    name = "bss"
    label = "bss"

    def ready(self) -> None:
        # Before anything serves: it puts a middleware in front of ours.
        import_module("bss.telemetry").export()
        # Tasks sent from any process must find the configured Celery app.
        celery = import_module("bss.celery")
        # By now every app has registered its sweeps.
        celery.app.conf.beat_schedule = import_module("bss.core.sweeps").beat_schedule()
