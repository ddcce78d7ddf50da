from bss.core.apps import DomainConfig


class PaymentsConfig(DomainConfig):
    default = True
    name = "apps.payments"
    label = "payments"
