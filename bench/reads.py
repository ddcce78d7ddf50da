"""Reads over HTTP, against the route that runs one query."""

from __future__ import annotations

from apps.catalog.models import ProductOffering

from .figures import Figure, Unmeasured, unmeasured
from .load import Result
from .served import Served, buyers, lines_in_service

TMF = "/tmf-api"


def measure(served: Served) -> list[Figure]:
    """The slowest hundredth of each read, as a multiple of that of one query."""
    return [
        measured(served, name, requests, clients)
        for name, requests in kinds().items()
        for clients in (1, 8)
    ]


def measured(served: Served, name: str, requests: list[str], clients: int) -> Figure:
    """One read at one concurrency."""
    title = f"{name}, p99 at concurrency {clients}"
    try:
        result, least = served.beside(requests, clients)
    except Unmeasured as reason:
        return unmeasured(title, reason)
    beside = f"{said(result)}; one query {said(least)}"
    return Figure(title, result.p99 / least.p99, "× one query", at_most=3, beside=beside)


def said(result: Result) -> str:
    """A load in a few words."""
    return f"p50 {result.p50:.1f}, p99 {result.p99:.1f} ms, {result.rate:.0f}/s"


def kinds() -> dict[str, list[str]]:
    """What is read."""
    plans = ProductOffering.objects.values_list("id", flat=True)
    offerings = [f"GET {TMF}/productCatalogManagement/v4/productOffering/{key}" for key in plans]
    lines = [line.public_id for line in lines_in_service(1_000)]
    return {
        "read a customer": [
            f"GET {TMF}/customerManagement/v4/customer/{key}" for key in buyers(1_000)
        ],
        "read a line": [f"GET {TMF}/productInventory/v4/product/{key}" for key in lines],
        "read the catalog": [*offerings, f"GET {TMF}/productCatalogManagement/v4/productOffering"],
    }
