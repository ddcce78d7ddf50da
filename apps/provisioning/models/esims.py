"""The pool of eSIM profiles."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel

from .pools import PoolQuerySet


class EsimState(models.TextChoices):
    """How far a profile has come, in the words of GSMA SGP.22 where it has one."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    RELEASED = "released"
    DOWNLOADED = "downloaded"
    INSTALLED = "installed"
    ENABLED = "enabled"
    DISABLED = "disabled"
    RECALLED = "recalled"
    DELETED = "deleted"


S = EsimState
ON_DEVICE = (S.DOWNLOADED, S.INSTALLED, S.ENABLED, S.DISABLED)
OWNED = (S.RESERVED, S.RELEASED, *ON_DEVICE)
# Deleted from its device it is still its owner's, who may download it again.
OWNABLE = (*OWNED, S.DELETED)
# What a device may report on.
OFFERED = (S.RELEASED, *ON_DEVICE, S.DELETED)
REPORTS = {
    "download": S.DOWNLOADED,
    "install": S.INSTALLED,
    "enable": S.ENABLED,
    "disable": S.DISABLED,
    "delete": S.DELETED,
}


def _reportable(*triggers: str) -> dict[str, str]:
    return {trigger: REPORTS[trigger] for trigger in triggers}


def new_matching_id() -> str:
    """A matching id nobody can guess: whoever knows it may download the profile."""
    return secrets.token_hex(8).upper()


class EsimProfile(LifecycleModel):
    """One profile at the SM-DP+."""

    SECRETS = frozenset({"ki_ref", "matching_id"})

    PREFIX = "ESIM"
    NOUN = "esim"
    CODE = "iccid"
    State = EsimState
    LIFECYCLE = Lifecycle(
        "esim",
        initial=S.AVAILABLE,
        transitions={
            # A profile that a device had before we kept books is adopted as it is.
            S.AVAILABLE: {"reserve": S.RESERVED, "adopt": S.ENABLED},
            S.RESERVED: {
                "prepare": S.RELEASED,
                "release": S.AVAILABLE,
                "recall": S.RECALLED,
                "fail": S.DELETED,
            },
            # Devices may report only the last of several steps.
            S.RELEASED: {"recall": S.RECALLED, **_reportable(*REPORTS)},
            S.DOWNLOADED: _reportable("install", "enable", "disable", "delete"),
            S.INSTALLED: _reportable("enable", "disable", "delete"),
            S.ENABLED: _reportable("disable", "delete"),
            S.DISABLED: _reportable("enable", "delete"),
            S.RECALLED: {"rearm": S.AVAILABLE, "delete": S.DELETED},
            S.DELETED: {"redownload": S.RESERVED, "write_off": S.DELETED},
        },
    )

    iccid = models.CharField(max_length=20, unique=True)
    imsi = models.CharField(max_length=15, unique=True)
    # Where the key lies in the security module; the key itself never comes here.
    ki_ref = models.CharField(max_length=80)
    smdp_server = models.CharField(max_length=120)
    matching_id = models.CharField(max_length=64, unique=True)
    owner = models.CharField(max_length=40, blank=True, default="")
    msisdn = models.CharField(max_length=15, blank=True, default="")
    reserved_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    # What the device reported last, and when it did that; what happened before is old news.
    reported = models.CharField(max_length=10, blank=True, default="", db_default="")
    reported_at = models.DateTimeField(null=True, blank=True)

    # Whether the pool is far from empty; only rows that `take_free()` found know.
    leaves_enough = False

    objects: ClassVar[Any] = PoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="esim_state_known"),
            models.CheckConstraint(
                condition=Q(state=S.DELETED)
                | (Q(state__in=OWNED) & ~Q(owner=""))
                | (~Q(state__in=OWNED) & Q(owner="")),
                name="esim_owned_while_in_use",
            ),
            models.UniqueConstraint(
                fields=["owner"], condition=~Q(owner=""), name="one_esim_on_a_line"
            ),
        ]
        indexes = [
            models.Index(fields=["iccid"], name="esim_free", condition=Q(state="available")),
            models.Index(fields=["id"], name="esim_recalled", condition=Q(state="recalled")),
        ]

    def __str__(self) -> str:
        return self.iccid

    @property
    def public_id(self) -> str:
        """The ICCID itself."""
        return self.iccid

    @property
    def activation_code(self) -> str:
        """What a device scans to download the profile."""
        return f"LPA:1${self.smdp_server}${self.matching_id}"

    def facts(self) -> dict[str, str]:
        """What the network and the SM-DP+ must know about it."""
        return {
            "iccid": self.iccid,
            "imsi": self.imsi,
            "activation_code": self.activation_code,
        }

    @property
    def on_device(self) -> bool:
        """True while a device has it."""
        return self.state in ON_DEVICE

    @property
    def used(self) -> bool:
        """True once a device had it, so that nobody else ever can."""
        return self.on_device or self.state == S.DELETED or self.downloaded_at is not None

    def is_news(self, report: str, moment: datetime) -> bool:
        """True for a report that was not overtaken and does not repeat what is known."""
        if self.reported_at is None or moment > self.reported_at:
            return self.can(report)
        return moment == self.reported_at and report != self.reported and self.can(report)

    def reserve(self, owner: str, msisdn: str) -> None:
        """Reserve a free profile."""
        self.owner, self.msisdn, self.reserved_at = owner, msisdn, clock.now()
        self.move("reserve", also=("owner", "msisdn", "reserved_at"))

    def adopt(self, owner: str, msisdn: str) -> None:
        """Write down whose device has had the profile all along."""
        now = clock.now()
        self.owner, self.msisdn, self.reserved_at, self.downloaded_at = owner, msisdn, now, now
        self.move("adopt", also=("owner", "msisdn", "reserved_at", "downloaded_at"))

    def leave(self, trigger: str, reason: str = "") -> None:
        """Take the profile from its owner."""
        self.owner = self.msisdn = ""
        self.reserved_at = self.downloaded_at = self.reported_at = None
        self.reported = ""
        self.move(
            trigger,
            reason,
            also=(
                *("owner", "msisdn", "reserved_at"),
                *("downloaded_at", "reported", "reported_at"),
            ),
        )

    def pass_to(self, owner: str, msisdn: str = "") -> None:
        """Put the profile into other hands as it is."""
        self.owner, self.msisdn = owner, msisdn
        self.save(update_fields=["owner", "msisdn"])

    def renew_code(self) -> None:
        """Put a profile that returns to the pool under a code that nobody has seen."""
        self.matching_id = new_matching_id()
        self.save(update_fields=["matching_id"])
