from bss.core.apps import DomainConfig


class OrderingConfig(DomainConfig):
    default = True
    name = "apps.ordering"
    label = "ordering"
