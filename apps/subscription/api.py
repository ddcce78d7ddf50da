"""TMF637 lines as products, TMF654 top-ups."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from bss.core.http import Body, make
from bss.core.operations import Answer, invoke

products = Router(tags=["product"])
balances = Router(tags=["topupBalance"])

TOP_UPS = "/tmf-api/prepayBalanceManagement/v4/topupBalance/"
STATUS = {"pending": "pendingActive", "blocked": "suspended", "abandoned": "cancelled"}


class Reference(Body):
    id: str


class TopUpIn(Body):
    product: Annotated[list[Reference], Field(min_length=1, max_length=1)]
    # Ours: what is bought; an amount alone does not say at what price.
    product_offering: Reference

    def arguments(self) -> dict[str, Any]:
        """The purchase as its operation takes it."""
        return {
            "subscription_id": self.product[0].id,
            "vas_offering_id": self.product_offering.id,
        }


@products.get("/product/{subscription_id}", url_name="product-get")
def get(request: HttpRequest, subscription_id: str) -> Any:
    return product(invoke("subscription.get", {"subscription_id": subscription_id}).result)


@balances.post("/topupBalance", url_name="topup-create")
def top_up(request: HttpRequest, body: TopUpIn) -> HttpResponse:
    return make(request, "subscription.purchase_vas", body.arguments(), topup_balance)


def product(line: dict[str, Any]) -> dict[str, Any]:
    """A line as TMF637 shows it."""
    amount = {"unit": line["priceCurrency"], "value": float(line["priceAmount"])}
    named = ("msisdn", "iccid")
    return {
        "id": line["id"],
        "href": line["href"],
        "status": STATUS.get(line["state"], line["state"]),
        "statusReason": line["stateReason"] or None,
        "startDate": line["activatedAt"],
        "terminationDate": line["terminatedAt"],
        "billingAccount": {"id": line["customerId"]},
        "productOffering": {"id": line["offeringId"]},
        "productCharacteristic": [{"name": name, "value": line[name]} for name in named],
        "productPrice": [{"priceType": "recurring", "price": {"taxIncludedAmount": amount}}],
        "relatedParty": [
            {"id": line["customerId"], "role": "customer", "@referredType": "Customer"}
        ],
        "currentPeriodEnd": line["currentPeriodEnd"],
        "balances": line["balances"],
        "@type": "Product",
    }


def topup_balance(answer: Answer) -> dict[str, Any]:
    """A purchase as TMF654 shows it, with what the line has now."""
    line = answer.result
    return {
        "id": answer.subject,
        "href": f"{TOP_UPS}{answer.subject}",
        "status": "inProgress" if answer.pending else "confirmed",
        "product": [{"id": line["id"], "href": line["href"]}],
        "balances": line["balances"],
        "@type": "TopupBalance",
    }
