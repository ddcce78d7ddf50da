from bss.core.apps import DomainConfig


class CrmConfig(DomainConfig):
    default = True
    name = "apps.crm"
    label = "crm"
