from bss.core.apps import DomainConfig


class CockpitConfig(DomainConfig):
    default = True
    name = "apps.cockpit"
    label = "cockpit"
