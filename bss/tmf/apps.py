from bss.core.apps import DomainConfig


class TmfConfig(DomainConfig):
    """What all TM Forum APIs share."""

    default = True
    name = "bss.tmf"
    label = "tmf"
