"""TMF620 and TMF671: plans, prices and promotions, as other systems read them."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from ninja.params import Query

from bss.core.operations import invoke

router = Router(tags=["catalog"])
promotions = Router(tags=["promotion"])
PROMOTION_HREF = "/tmf-api/promotionManagement/v4/promotion/"


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


@promotions.get("/promotion", response=Any, url_name="promotion-list")
def list_promotions(request: HttpRequest, limit: int = 50, offset: int = 0) -> Any:
    found = invoke("promo.list", {"limit": limit, "offset": offset}).result
    return [promotion(one) for one in found]


@promotions.get("/promotion/{promotion_id}", response=Any, url_name="promotion-get")
def get_promotion(request: HttpRequest, promotion_id: str) -> Any:
    return promotion(invoke("promo.show", {"promotion_id": promotion_id}).result)


STATES = {"pending_link": "pendingLink"}


def promotion(shown: dict[str, Any]) -> dict[str, Any]:
    """A promotion as TMF671 shows it."""
    return {
        "id": shown["id"],
        "href": f"{PROMOTION_HREF}{shown['id']}",
        "name": shown["name"],
        "lifecycleStatus": STATES.get(shown["state"], shown["state"]),
        "promotionType": shown["audience"],
        "validFor": {"startDateTime": shown["validFrom"], "endDateTime": shown["validTo"]},
        "@type": "Promotion",
    }
