from bss.core.apps import DomainConfig


class SelfserveConfig(DomainConfig):
    default = True
    name = "apps.selfserve"
    label = "selfserve"
