"""TMF629: customers."""

from __future__ import annotations

from typing import Any

from apps.crm import queries
from apps.crm.models import ContactMedium, Customer, CustomerState, Individual
from apps.crm.rules import split_name
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Among, Filter, Id, Moment, Words, reference
from bss.tmf.resources import Api, Changed, Create, Resource, Step, each
from bss.tmf.shapes import Extras, Loose, Reference, RelatedParty, Text, TypedParty

from . import media


class CustomerIn(Loose):
    name: Text
    engaged_party: TypedParty
    contact_medium: list[media.Medium] = []


class CustomerExtras(Extras):
    account: list[Reference] = []
    agreement: list[Reference] = []
    payment_method: list[Reference] = []
    related_party: list[RelatedParty] = []


def show(customer: Customer) -> dict[str, Any]:
    """A customer as TMF629 shows them."""
    person = customer.individual
    name = f"{person.given_name} {person.family_name}".strip()
    return {
        "id": customer.public_id,
        "name": name,
        "status": customer.state,
        "statusReason": customer.state_reason or None,
        "validFor": {"startDateTime": iso(customer.customer_since)},
        "engagedParty": {"id": person.public_id, "name": name, "@referredType": "Individual"},
        "contactMedium": media.shown(customer.contact_media.all()),
        "characteristic": [
            {"name": "kycStatus", "value": queries.kyc_status(customer, clock.now())}
        ],
    }


def create(body: CustomerIn) -> list[Step]:
    """The person becomes a customer under the name they have."""
    if body.engaged_party.referred_type != "Individual":
        raise InvalidArguments("engagedParty: an Individual of TMF632 belongs here.")
    args = {"individual_id": body.engaged_party.id, "name": body.name}
    return [Step("customer.create", {**args, **media.first(body.contact_medium)})]


def rename(changed: Changed) -> list[Step]:
    """Another name is another given and family name."""
    given, family = split_name(str(changed.now.get("name") or ""))
    if not given:
        raise InvalidArguments("name: this attribute is needed.")
    names = {"given_name": given, "family_name": family}
    return [Step("customer.update", {"customer_id": changed.id, **names})]


def move(changed: Changed) -> list[Step]:
    """Another status is what leads to it."""
    verbs = {"suspended": "suspend", "active": "resume", "closed": "close"}
    wanted = str(changed.now.get("status"))
    if not changed.altered("status"):
        raise InvalidArguments("statusReason: it changes with the status only.")
    if wanted not in verbs:
        raise InvalidArguments("status: active, suspended or closed belongs here.")
    told = changed.now.get("statusReason")
    reason = {} if wanted == "active" else {"reason": str(told or "as another system asked")}
    return [Step(f"customer.{verbs[wanted]}", {"customer_id": changed.id, **reason})]


CUSTOMER = Resource(
    name="customer",
    type_name="Customer",
    reads="customer.get",
    rows=queries.customers,
    show=each(show),
    key=Id("pk", Customer),
    order=("pk",),
    owner="pk",
    filters={
        "name": media.FullName("individual__folded_name"),
        "status": Words("state", {word: word for word in CustomerState.values}),
        "statusReason": Filter("state_reason"),
        "validFor.startDateTime": Moment("customer_since"),
        "contactMedium.mediumType": Among(
            ContactMedium.objects.live, "customer", Filter("medium_type")
        ),
        **{
            f"contactMedium.characteristic.{place}": Among(
                ContactMedium.objects.filter(medium_type=kind).live, "customer", Filter("value")
            )
            for kind, place in media.PLACES.items()
        },
        **reference("engagedParty", Individual, "individual", "Individual"),
    },
    create=Create(CustomerIn, create),
    changes={
        "name": rename,
        "status": move,
        "statusReason": move,
        "contactMedium": lambda changed: media.changed(changed.id, changed),
    },
    delete=lambda public_id: [Step("customer.close", {"customer_id": public_id})],
    extras=CustomerExtras,
    writes="customer.update",
)

CUSTOMERS = Api(
    number=629,
    base="customerManagement/v4",
    resources=[CUSTOMER],
    events={
        "customer.created": "CustomerCreateEvent",
        "customer.updated": "CustomerAttributeValueChangeEvent",
        "customer.suspended": "CustomerStateChangeEvent",
        "customer.resumed": "CustomerStateChangeEvent",
        "customer.closed": "CustomerStateChangeEvent",
    },
)
