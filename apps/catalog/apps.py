from bss.core.apps import DomainConfig


class CatalogConfig(DomainConfig):
    default = True
    name = "apps.catalog"
    label = "catalog"
