"""Ways out of the house: how a mail leaves, and who checks identities."""

from bss.core.calls import register_gateway

from .identity import Decision, Didit, KycProvider, KycSimulator, kyc_provider
from .mail import Mailbox, Smtp, file_name

register_gateway("mail", "mailbox", Mailbox)
register_gateway("mail", "smtp", Smtp)
register_gateway("kyc", "prebaked", KycSimulator)
register_gateway("kyc", "didit", Didit)

__all__ = [
    "Decision",
    "Didit",
    "KycProvider",
    "KycSimulator",
    "Mailbox",
    "Smtp",
    "file_name",
    "kyc_provider",
]
