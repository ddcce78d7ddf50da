from bss.core.apps import DomainConfig


class ProvisioningConfig(DomainConfig):
    default = True
    name = "apps.provisioning"
    label = "provisioning"
