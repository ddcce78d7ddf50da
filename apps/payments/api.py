"""TMF678 receipts as bills, and the door of card processors."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja import Router

from apps.payments.gateways.webhooks import Unsigned, read_stripe
from bss.core import clock, context
from bss.core.context import Context
from bss.core.operations import invoke, run_internal

bills = Router(tags=["customerBill"])
STRIPE = Context(actor="webhook:stripe", channel="system", service_identity="stripe")


@bills.get("/customerBill", url_name="bill-list")
def list_bills(request: HttpRequest, customer_id: str, limit: int = 20) -> Any:
    return invoke("receipt.list", {"customer_id": customer_id, "limit": limit}).result


@bills.get("/customerBill/{receipt_id}", url_name="bill-get")
def get_bill(request: HttpRequest, receipt_id: str) -> Any:
    return invoke("receipt.get", {"receipt_id": receipt_id}).result


@bills.get("/customerBill/{receipt_id}/document", url_name="bill-document")
def get_document(request: HttpRequest, receipt_id: str) -> HttpResponse:
    file = invoke("receipt.download", {"receipt_id": receipt_id}).result
    return as_download(file)


def as_download(file: dict[str, str]) -> HttpResponse:
    """A file that travelled in JSON, as bytes."""
    response = HttpResponse(b64decode(file["content"]), content_type=file["mediaType"])
    response["Content-Disposition"] = f'attachment; filename="{file["fileName"]}"'
    return response


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> JsonResponse:
    """What Stripe tells by itself; repeated until we say that we have it."""
    signature = request.headers.get("Stripe-Signature", "")
    secret = settings.BSS.stripe.get("webhook_secret", "")
    try:
        message = read_stripe(request.body, signature, secret, clock.real().timestamp())
    except Unsigned as why:
        return JsonResponse({"code": "webhook.unsigned", "reason": str(why)}, status=401)
    except ValueError as why:
        return JsonResponse({"code": "webhook.malformed", "reason": str(why)}, status=400)
    with context.acting(STRIPE):
        told = {"event_id": message.event_id, "kind": message.kind, "facts": message.facts}
        is_new = run_internal("processor_event.receive", {"provider": "stripe", **told}).result
    return JsonResponse({"received": True, "deduped": not is_new})
