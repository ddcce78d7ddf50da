"""The product's addresses, and the route that every other one is compared with."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from apps.crm.models import Customer
from bss.api import api

router = Router(tags=["bench"])


@router.get("/one/{key}", response=Any)
def one_query(request: HttpRequest, key: int) -> Any:
    """One row by its key: the least that an authenticated answer can cost."""
    return Customer.objects.filter(pk=key).values("id", "state", "kyc_status").first()


# Before the product's own list of addresses is made out of the routes.
api.add_router("/bench", router)

from bss.urls import urlpatterns  # noqa: E402

__all__ = ["urlpatterns"]
