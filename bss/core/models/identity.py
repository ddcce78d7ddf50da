"""Who may use the system, and whose system it is."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from bss.core import clock
from bss.core.models.base import PublicIdModel


class User(AbstractUser):
    """A person who signs in: staff in the cockpit, customers on the site."""

    SECRETS = frozenset({"password"})

    email = models.EmailField(unique=True)

    class Meta:
        db_table = "core_user"

    @property
    def roles(self) -> list[str]:
        """The staff roles (groups) this person holds."""
        return sorted(self.groups.values_list("name", flat=True))


class OperationPermission(models.Model):
    """The content type that the one permission per operation hangs on; has no table."""

    class Meta:
        managed = False
        default_permissions = ()


class ApiClient(PublicIdModel):
    """A program that calls us with a bearer token, of which only a digest is kept."""

    SECRETS = frozenset({"token_digest"})

    PREFIX = "CLI"
    NOUN = "client"

    name = models.SlugField(max_length=40, unique=True)
    token_digest = models.CharField(max_length=64, unique=True)
    # Names as in Context.permissions: operations, "noun.*", "effect:read", "*".
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "core_apiclient"

    @staticmethod
    def new_token() -> str:
        """A token with 256 bits of chance; shown once, then only its digest remains."""
        return f"bss_{secrets.token_urlsafe(32)}"

    @staticmethod
    def digest(token: str) -> str:
        """What is stored and looked up; a plain hash suffices for a random 256-bit secret."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def presenting(cls, token: str) -> ApiClient | None:
        """The client that holds a token which is neither revoked nor expired."""
        client = cls.objects.filter(token_digest=cls.digest(token), revoked_at=None).first()
        return client if client and client.in_date() else None

    def in_date(self) -> bool:
        """True while the token may be used; tokens expire by real time."""
        return self.expires_at is None or self.expires_at > clock.real()


class OperatorProfile(models.Model):
    """The one operator of this installation."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    legal_name = models.CharField(max_length=120, default="Example Mobile")
    tax_id = models.CharField(max_length=40, blank=True, default="")
    # As printed: one line each.
    address = models.TextField(blank=True, default="")
    country = models.CharField(max_length=2, default="SG")
    zone = models.CharField(max_length=40, default="Asia/Singapore")
    currency = models.CharField(max_length=3, default="SGD")
    # The mark that allows resets and clock changes on this database, and on no other.
    sandbox = models.BooleanField(default=False)

    class Meta:
        db_table = "core_operatorprofile"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_operator")]

    def __str__(self) -> str:
        return self.legal_name

    @classmethod
    def load(cls, **defaults: Any) -> OperatorProfile:
        """The profile, or its defaults before it is first saved."""
        return cls.objects.filter(pk=1).first() or cls(pk=1, **defaults)

    @classmethod
    def as_of(cls, moment: datetime) -> OperatorProfile:
        """The profile that papers of a moment bear, whatever has changed since."""
        profile = cls.load()
        later = PastProfile.objects.filter(until__gt=moment).order_by("until", "id").first()
        for name in PRINTED if later else ():
            setattr(profile, name, getattr(later, name))
        return profile


# What of the operator stands on papers.
PRINTED = ("legal_name", "tax_id", "address", "country")


class PastProfile(models.Model):
    """What the operator's papers bore until it changed."""

    id = models.BigAutoField(primary_key=True)
    legal_name = models.CharField(max_length=120)
    tax_id = models.CharField(max_length=40, blank=True)
    address = models.TextField(blank=True)
    country = models.CharField(max_length=2)
    until = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "core_pastprofile"
        indexes = [models.Index(fields=["until"], name="past_profile_until")]

    def __str__(self) -> str:
        return f"{self.legal_name} until {self.until}"
