"""TMF666: customers as accounts, and what other systems need around them."""

from __future__ import annotations

from typing import Any

from apps.crm import queries
from apps.crm.api.media import FullName
from apps.crm.api.related import of_customer, parties
from apps.crm.models import Customer
from bss.core.clock import iso
from bss.tmf.filters import Always, Filter, Id, Moment
from bss.tmf.kept import kept_resource
from bss.tmf.resources import Api, Resource, each
from bss.tmf.shapes import Extras, Identifier, Loose, Reference, Text, TimePeriod, TypedParty


class AccountExtras(Extras):
    description: Text = ""
    account_relationship: list[Loose] = []
    contact: list[Loose] = []
    tax_exemption: list[Loose] = []
    bill_structure: Loose | None = None
    default_payment_method: Reference | None = None


def show(customer: Customer) -> dict[str, Any]:
    """A customer as the account that pays."""
    person = customer.individual
    name = f"{person.given_name} {person.family_name}".strip()
    (party,) = parties(customer.pk)
    return {
        "id": customer.public_id,
        "name": name,
        "accountType": "prepaid",
        "state": customer.state,
        "lastModified": iso(customer.state_changed_at),
        "relatedParty": [{**party, "name": name}],
    }


def account(name: str, type_name: str) -> Resource:
    """A customer as an account of some kind; opened and closed with the customer."""
    return Resource(
        name=name,
        type_name=type_name,
        reads="customer.get",
        rows=queries.customers,
        show=each(show),
        key=Id("pk", Customer),
        order=("pk",),
        owner="pk",
        filters={
            "name": FullName("individual__folded_name"),
            "accountType": Always("prepaid"),
            "state": Filter("state"),
            "lastModified": Moment("state_changed_at"),
            **of_customer("pk"),
        },
        extras=AccountExtras,
        writes="customer.update",
    )


class SettlementIn(Loose):
    name: Identifier
    related_party: list[TypedParty]
    description: Text = ""
    account_type: Text = ""
    state: Text = ""
    payment_status: Text = ""


class FinancialIn(Loose):
    name: Identifier
    related_party: list[TypedParty] = []
    description: Text = ""
    account_type: Text = ""
    state: Text = ""


class NamedIn(Loose):
    name: Identifier
    description: Text = ""
    valid_for: TimePeriod = TimePeriod()


ACCOUNTS = Api(
    number=666,
    base="accountManagement/v4",
    resources=[
        account("partyAccount", "PartyAccount"),
        account("billingAccount", "BillingAccount"),
        kept_resource(
            "settlementAccount",
            "SettlementAccount",
            SettlementIn,
            filters=["name", "accountType", "state", "relatedParty.id"],
            stamped="lastModified",
        ),
        kept_resource(
            "financialAccount",
            "FinancialAccount",
            FinancialIn,
            filters=["name", "accountType", "state", "relatedParty.id"],
            stamped="lastModified",
        ),
        kept_resource(
            "billingCycleSpecification",
            "BillingCycleSpecification",
            NamedIn,
            filters=["name", "description"],
        ),
        kept_resource("billFormat", "BillFormat", NamedIn, filters=["name", "description"]),
        kept_resource(
            "billPresentationMedia",
            "BillPresentationMedia",
            NamedIn,
            filters=["name", "description"],
        ),
    ],
)
