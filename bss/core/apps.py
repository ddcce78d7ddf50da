from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# Modules that register things merely by being imported, in the order their layers allow.
REGISTERING = ("operations", "policies", "invariants", "gateways", "tasks", "handlers")


class DomainConfig(AppConfig):
    """An app whose registering modules are imported once the models are there."""

    def ready(self) -> None:
        for module in REGISTERING:
            if find_spec(f"{self.name}.{module}"):
                import_module(f"{self.name}.{module}")


class CoreConfig(DomainConfig):
    """The kernel."""

    default = True
    name = "bss.core"
    label = "core"

    def ready(self) -> None:
        super().ready()
        import_module("bss.core.administration")
        import_module("bss.core.traces")
        post_migrate.connect(import_module("bss.core.roles").install, sender=self)
