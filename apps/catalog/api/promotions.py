"""TMF671: promotions."""

from __future__ import annotations

from typing import Any

from apps.catalog import queries
from apps.catalog.models import Promotion
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Filter, Moment, Words
from bss.tmf.resources import Api, Changed, Resource, Step, each
from bss.tmf.shapes import Attachment, Characteristic, Extras, Text

PROMOTION_STATES = {"pending_link": "pendingLink", "active": "active", "exhausted": "exhausted"}


class PromotionExtras(Extras):
    description: Text = ""
    attachment: list[Attachment] = []
    characteristic: list[Characteristic] = []


def show_promotion(promotion: Promotion) -> dict[str, Any]:
    """A promotion as TMF671 shows it."""
    return {
        "id": promotion.id,
        "name": promotion.name,
        "lifecycleStatus": PROMOTION_STATES[promotion.state],
        "lastUpdate": iso(promotion.state_changed_at),
        "promotionType": promotion.audience,
        "validFor": queries.window_shape(promotion),
    }


def exhaust(changed: Changed) -> list[Step]:
    """A promotion ends before its time."""
    if changed.now.get("lifecycleStatus") != "exhausted":
        raise InvalidArguments("lifecycleStatus: a promotion can only become exhausted.")
    return [Step("promo.exhaust", {"promotion_id": changed.id})]


PROMOTION = Resource(
    name="promotion",
    type_name="Promotion",
    reads="promo.show",
    rows=Promotion.objects.all,
    show=each(show_promotion),
    key=Filter("pk"),
    order=("pk",),
    filters={
        "name": Filter("name"),
        "lifecycleStatus": Words("state", PROMOTION_STATES),
        "promotionType": Filter("audience"),
        "lastUpdate": Moment("state_changed_at"),
        "validFor.startDateTime": Moment("valid_from"),
        "validFor.endDateTime": Moment("valid_to"),
    },
    changes={"lifecycleStatus": exhaust},
    extras=PromotionExtras,
    writes="promo.create",
)

PROMOTIONS = Api(number=671, base="promotionManagement/v4", resources=[PROMOTION])
