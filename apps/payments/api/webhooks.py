"""The door of card processors."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.payments.gateways.webhooks import Unsigned, read_stripe
from bss.core import clock, context
from bss.core.context import Context
from bss.core.operations import run_internal

STRIPE = Context(actor="webhook:stripe", channel="system", service_identity="stripe")


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
