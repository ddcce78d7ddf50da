"""Addresses that may be called: none on a network behind ours."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings


def is_reachable(callback: str) -> bool:
    """True for an address outside, and in a sandbox for any.

    Names are looked up when they are called; what is written as a number is known already.
    """
    if settings.BSS.sandbox:
        return True
    try:
        address = urlsplit(callback)
        host = address.hostname or ""
    except ValueError:
        return False
    if address.scheme != "https" or host == "localhost" or "." not in host:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return True
