"""TMF632: people, and organisations that other systems need."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.crm import queries
from apps.crm.models import ContactMedium, Customer, Individual
from bss.core import clock
from bss.core.clock import iso
from bss.tmf.filters import Filter, Id, Moment
from bss.tmf.kept import kept_resource
from bss.tmf.resources import Api, Changed, Create, Resource, Step, each
from bss.tmf.shapes import (
    Characteristic,
    DateTime,
    Extras,
    Flag,
    Identifier,
    Loose,
    Reference,
    RelatedParty,
    Text,
    TimePeriod,
)

from . import media


class IndividualIn(Loose):
    given_name: Identifier
    family_name: Text
    birth_date: DateTime = ""


class IndividualExtras(Extras):
    aristocratic_title: Text = ""
    country_of_birth: Text = ""
    family_name_prefix: Text = ""
    formatted_name: Text = ""
    gender: Text = ""
    generation: Text = ""
    legal_name: Text = ""
    location: Text = ""
    marital_status: Text = ""
    middle_name: Text = ""
    nationality: Text = ""
    place_of_birth: Text = ""
    preferred_given_name: Text = ""
    title: Text = ""
    external_reference: list[Loose] = []
    party_characteristic: list[Characteristic] = []
    related_party: list[RelatedParty] = []


def individuals() -> QuerySet[Individual]:
    """People with everything their shape needs, in two statements."""
    live = ContactMedium.objects.live().order_by("id")
    found = Individual.objects.select_related("customer")
    return found.prefetch_related(Prefetch("customer__contact_media", live))


def show(person: Individual) -> dict[str, Any]:
    """A person as TMF632 shows them."""
    customer: Customer | None = getattr(person, "customer", None)
    born = person.date_of_birth
    verified = customer and queries.kyc_status(customer, clock.now()) == "verified"
    return {
        "id": person.public_id,
        "givenName": person.given_name,
        "familyName": person.family_name,
        "fullName": f"{person.given_name} {person.family_name}".strip(),
        "birthDate": iso(datetime.combine(born, time(), UTC)) if born else None,
        "status": "validated" if verified else "initialized",
        "contactMedium": media.shown(customer.contact_media.all()) if customer else [],
    }


def create(body: IndividualIn) -> list[Step]:
    """A person whom nothing is sold to yet."""
    return [Step("individual.create", details(body.given_name, body.family_name, body.birth_date))]


def correct(changed: Changed) -> list[Step]:
    """Another name or date of birth."""
    body = IndividualIn.model_validate(changed.now)
    given = details(body.given_name, body.family_name, body.birth_date)
    return [Step("individual.update", {"individual_id": changed.id, **given})]


def details(given: str, family: str, born: str) -> dict[str, Any]:
    """What operations know of a person."""
    birth = {"date_of_birth": born[:10]} if born else {}
    return {"given_name": given, "family_name": family, **birth}


INDIVIDUAL = Resource(
    name="individual",
    type_name="Individual",
    reads="customer.get",
    rows=individuals,
    show=each(show),
    key=Id("pk", Individual),
    order=("pk",),
    owner="customer",
    filters={
        "givenName": Filter("given_name"),
        "familyName": Filter("family_name"),
        "fullName": media.FullName("folded_name"),
        "birthDate": Moment("date_of_birth"),
    },
    create=Create(IndividualIn, create),
    changes={"givenName": correct, "familyName": correct, "birthDate": correct},
    delete=lambda public_id: [Step("individual.remove", {"individual_id": public_id})],
    extras=IndividualExtras,
    writes="individual.update",
)


class OrganizationIn(Loose):
    trading_name: Identifier
    name: Text = ""
    is_head_office: Flag = False
    is_legal_entity: Flag = False
    name_type: Text = ""
    organization_type: Text = ""
    status: Text = ""
    exists_during: TimePeriod = TimePeriod()
    contact_medium: list[media.Medium] = []
    external_reference: list[Loose] = []
    party_characteristic: list[Characteristic] = []
    related_party: list[RelatedParty] = []
    credit_rating: list[Loose] = []
    organization_identification: list[Loose] = []
    organization_child_relationship: list[Loose] = []
    organization_parent_relationship: Reference | None = None
    other_name: list[Loose] = []
    tax_exemption_certificate: list[Loose] = []


PARTIES = Api(
    number=632,
    base="party/v4",
    aliases=["partyManagement/v4"],
    resources=[
        INDIVIDUAL,
        kept_resource(
            "organization",
            "Organization",
            OrganizationIn,
            filters=["tradingName", "name", "organizationType", "status", "relatedParty.id"],
        ),
    ],
    events={
        "individual.created": "IndividualCreateEvent",
        "individual.updated": "IndividualAttributeValueChangeEvent",
        "individual.removed": "IndividualDeleteEvent",
    },
)
