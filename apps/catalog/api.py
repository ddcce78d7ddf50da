"""TMF620: plans and their prices, as other systems read them."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from ninja.params import Query

from bss.core.operations import invoke

router = Router(tags=["catalog"])


@router.get("/productOffering", response=Any, url_name="offering-list")
def list_offerings(
    request: HttpRequest, active_at: Annotated[datetime | None, Query(alias="activeAt")] = None
) -> Any:
    if active_at:
        return invoke("catalog.list_active_offerings", {"at": active_at}).result
    return invoke("catalog.list_offerings").result


@router.get("/productOffering/{offering_id}", response=Any, url_name="offering-get")
def get(request: HttpRequest, offering_id: str) -> Any:
    return invoke("catalog.get_offering", {"offering_id": offering_id}).result
