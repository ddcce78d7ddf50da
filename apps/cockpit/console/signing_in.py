"""Who may come in, and what they must show; django-allauth does the rest."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest

from bss.core.models import User


class StaffAccounts(DefaultAccountAdapter):
    """Accounts are made by `staff.create`; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactors(DefaultMFAAdapter):
    """Second factors named after the brand, their secrets unreadable in the database."""

    def get_totp_issuer(self) -> str:
        return str(settings.BSS.brand_name)

    def _get_site_name(self) -> str:
        return str(settings.BSS.brand_name)

    def encrypt(self, text: str) -> str:
        return vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault().decrypt(encrypted_text.encode()).decode()


def vault() -> MultiFernet:
    """Locks with the present secret, opens with the former ones too."""
    secrets = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(fernet_key(secret)) for secret in secrets])


def fernet_key(secret: str) -> bytes:
    """A key for second factors alone, made of a secret."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"second factors/" + secret.encode()).digest())


def needs_second_factor(user: User) -> bool:
    """True for somebody whose role asks for a second factor and who has none yet.

    Who has one is asked for it when signing in.
    """
    demanding = settings.BSS.second_factor_roles
    if not demanding or not (user.is_superuser or demanding & set(user.roles)):
        return False
    kinds: list[Any] = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return not Authenticator.objects.filter(user=user, type__in=kinds).exists()
