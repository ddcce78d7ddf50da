from bss.core.apps import DomainConfig


class SubscriptionConfig(DomainConfig):
    default = True
    name = "apps.subscription"
    label = "subscription"
