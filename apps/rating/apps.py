from bss.core.apps import DomainConfig


class RatingConfig(DomainConfig):
    default = True
    name = "apps.rating"
    label = "rating"
