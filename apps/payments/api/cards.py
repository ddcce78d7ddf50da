"""TMF670: cards on file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from apps.crm.api.related import customer_of
from apps.crm.models import Customer
from apps.payments.models import PaymentMethod
from apps.payments.queries.views import SHOWN_METHODS
from bss.core.clock import iso
from bss.core.errors import InvalidArguments, rule
from bss.tmf.filters import Always, Filter, Flag, Id, Moment
from bss.tmf.resources import Api, Changed, Create, Resource, Step, each
from bss.tmf.shapes import Extras, Identifier, Loose, Reference, RelatedParty, Text

NUMBER_SENT = rule(
    "payment_method.create.card_number_sent",
    "Card numbers are not taken here; send the token of the card processor as a tokenizedCard.",
)
TYPES = {"tokenizedCard", "TokenizedCard"}


class MethodIn(Loose):
    type_of_method: Identifier = Field(alias="@type")
    name: Text
    token: Text = ""
    related_party: RelatedParty | list[RelatedParty]


class MethodExtras(Extras):
    description: Text = ""
    account: list[Reference] = []
    related_place: Loose | None = None


def show(method: PaymentMethod) -> dict[str, Any]:
    """A card as TMF670 shows it: never its number."""
    customer = Customer.public_id_of(method.customer_id)
    ends = datetime(method.exp_year, method.exp_month, 1, tzinfo=UTC)
    return {
        "id": method.public_id,
        "name": method.label,
        "isPreferred": method.is_default,
        "status": method.state,
        "statusDate": iso(method.state_changed_at),
        "statusReason": method.state_reason or None,
        "brand": method.brand,
        "type": method.kind,
        "lastFourDigits": method.last4,
        "expirationDate": iso(ends),
        "nameOnCard": method.holder or None,
        "relatedParty": {"id": customer, "role": "customer", "@referredType": "Customer"},
    }


def link(body: MethodIn) -> list[Step]:
    """A card that the processor already knows becomes one on file."""
    if "cardNumber" in (body.model_extra or {}):
        raise NUMBER_SENT()
    if body.type_of_method not in TYPES:
        raise InvalidArguments("@type: only a tokenizedCard can be kept.")
    if not body.token:
        raise InvalidArguments("token: this attribute is needed.")
    related = body.related_party if isinstance(body.related_party, list) else [body.related_party]
    args = {"customer_id": customer_of(related), "token": body.token, "holder": body.name}
    return [Step("payment.link_card", args)]


def prefer(changed: Changed) -> list[Step]:
    """The card that pays when none is named."""
    if changed.now.get("isPreferred") is not True:
        raise InvalidArguments("isPreferred: prefer another card instead.")
    return [Step("payment.set_default", {"method_id": changed.id})]


METHOD = Resource(
    name="paymentMethod",
    type_name="tokenizedCard",
    reads="payment.list_methods",
    rows=lambda: PaymentMethod.objects.filter(state__in=SHOWN_METHODS),
    show=each(show),
    key=Id("pk", PaymentMethod),
    order=("pk",),
    owner="customer",
    filters={
        "isPreferred": Flag("is_default"),
        "status": Filter("state"),
        "statusDate": Moment("state_changed_at"),
        "brand": Filter("brand"),
        "lastFourDigits": Filter("last4"),
        "@type": Always("tokenizedCard"),
        "relatedParty.id": Id("customer", Customer),
    },
    create=Create(MethodIn, link),
    changes={"isPreferred": prefer},
    delete=lambda public_id: [Step("payment.remove_method", {"method_id": public_id})],
    extras=MethodExtras,
    writes="payment.set_default",
)

METHODS = Api(
    number=670,
    base="paymentMethod/v4",
    resources=[METHOD],
    events={
        "payment_method.added": "PaymentMethodCreateEvent",
        "payment_method.removed": "PaymentMethodDeleteEvent",
        "payment_method.default_changed": "PaymentMethodAttributeValueChangeEvent",
    },
)
