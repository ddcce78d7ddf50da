"""What the network is asked for, how long that takes, and how its faults are drawn."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bss.core.csv_rows import Column, Columns

MAX_ATTEMPTS = 3
QUARANTINE_DAYS = 90
HOLD_HOURS = 24
HOLDS_PER_OWNER = 5
# Rows of a file of stock; a longer file is sent in parts.
IMPORT_ROWS = 10_000

# Seconds a network of this kind takes; anything unknown takes the default.
DURATIONS = {
    "HLR_PROVISION": 0.5,
    "HLR_DEPROVISION": 0.4,
    "HLR_BAR": 0.2,
    "HLR_UNBAR": 0.2,
    "HLR_REPLACE": 0.3,
    "PCRF_POLICY_PUSH": 0.3,
    "OCS_BALANCE_INIT": 0.2,
    "ESIM_PROFILE_PREPARE": 0.4,
}
DEFAULT_DURATION = 0.5

# The one task that the SM-DP+ carries out; all others are the network's.
ESIM_PREPARE = "ESIM_PROFILE_PREPARE"

# A new order makes older ones of the same owner pointless that wait or are stuck: it says itself
# how the service is to be in the end.
SUPERSEDES: Mapping[str, frozenset[str]] = {
    "activate": frozenset(),
    "block": frozenset({"block", "unblock"}),
    "unblock": frozenset({"block", "unblock"}),
    "change": frozenset({"change"}),
    "replace": frozenset(),
    "terminate": frozenset({"activate", "block", "unblock", "change", "replace"}),
}

# What makes sense only while there is a service that could be changed.
NEEDS_SERVICE = frozenset({"block", "unblock", "change", "replace"})


# What the columns of files of stock must look like.
MSISDN = Column(re.compile(r"\d{7,15}"), "7 to 15 digits")
ICCID = Column(re.compile(r"89\d{16,18}"), "18 to 20 digits that begin with 89")
NUMBER_COLUMNS: Columns = {"msisdn": MSISDN}
ESIM_COLUMNS: Columns = {
    "iccid": ICCID,
    "imsi": Column(re.compile(r"\d{14,15}"), "14 or 15 digits"),
    # A bare key must never come here.
    "ki_ref": Column(
        re.compile(r"(?![0-9A-Fa-f]{32}$).{1,80}"), "a reference into the security module"
    ),
    "smdp_server": Column(re.compile(r"[A-Za-z0-9.-]{1,120}"), "the name of a server"),
}


def addressee(task_type: str) -> tuple[str, str]:
    """The gateway and the method that carry out a task."""
    return ("esim", "prepare") if task_type == ESIM_PREPARE else ("network", "execute")


def call_key(task_id: str, attempt: int) -> str:
    """The key under which one attempt is sent, however often it is resent."""
    return f"{task_id}/{attempt}"


def preparation_key(iccid: str, matching_id: str, attempt: int) -> str:
    """The key under which the SM-DP+ is asked for a profile outside of a service order."""
    return f"prepare/{iccid}/{matching_id}/{attempt}"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong with one attempt, the same whenever that attempt is repeated."""

    stuck: bool = False
    failing: bool = False
    slowness: float = 1.0


def chance(key: str, word: str) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(f"{key}:{word}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def draw(faults: Iterable[Mapping[str, Any]], key: str, task_attempt: int) -> Faults:
    """The faults that strike one attempt, out of the rules that were on when it was asked."""
    struck = {
        fault["fault_type"]
        for fault in faults
        if chance(key, fault["fault_type"]) < fault["probability"]
    }
    first = "fail_first_attempt" in struck and task_attempt == 1
    return Faults(
        stuck="stuck" in struck,
        failing=first or "fail_always" in struck,
        slowness=2 + 3 * chance(key, "slowness") if "slow" in struck else 1.0,
    )


def duration(task_type: str, faults: Faults) -> float:
    """Seconds until the network answers."""
    return DURATIONS.get(task_type, DEFAULT_DURATION) * faults.slowness


def command(task_type: str, action: str, characteristics: Mapping[str, Any]) -> dict[str, Any]:
    """What the outside world is told about one task, besides whose service it is."""
    if task_type == ESIM_PREPARE:
        names = ("iccid", "imsi", "activation_code")
    else:
        names = ("msisdn", "iccid", "imsi")
    told = {name: characteristics.get(name) for name in names}
    policy = characteristics.get("policy") or characteristics.get("offering_id")
    return {**told, "task_type": task_type, "action": action, "policy": policy}


def effect(task_type: str, command: Mapping[str, Any]) -> dict[str, Any]:
    """What a carried out command changes in the network's own books."""
    changes: dict[str, Any] = {}
    if task_type == "HLR_PROVISION":
        changes |= {"provisioned": True, "barred": False}
    if task_type == "HLR_DEPROVISION":
        changes |= {"provisioned": False, "barred": False, "policy": None}
    if task_type == "PCRF_POLICY_PUSH":
        changes["policy"] = command.get("policy")
    if command.get("action") in ("block", "unblock"):
        changes["barred"] = command["action"] == "block"
    return changes
