"""TMF629: customers, as other systems read them."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from bss.core.operations import invoke

router = Router(tags=["customer"])


@router.get("/customer", response=Any, url_name="customer-list")
def list_customers(
    request: HttpRequest, status: str | None = None, after: str | None = None, limit: int = 20
) -> Any:
    return invoke("customer.list", {"state": status, "after": after, "limit": limit}).result


@router.get("/customer/{customer_id}", response=Any, url_name="customer-get")
def get(request: HttpRequest, customer_id: str) -> Any:
    return invoke("customer.get", {"customer_id": customer_id, "extras": False}).result
