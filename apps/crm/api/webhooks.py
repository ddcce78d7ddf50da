"""What identity providers tell us."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from apps.crm.gateways import kyc_provider
from bss.core.context import Context
from bss.core.operations import invoke


def as_kyc_provider(request: HttpRequest) -> Context:
    """The provider, if it signed this; its decision waits beside the request."""
    provider = kyc_provider()
    request.decision = provider.read(request.headers, request.body)  # type: ignore[attr-defined]
    return Context(
        actor=f"provider:{provider.provider}",
        channel="webhook",
        service_identity=provider.provider,
        permissions=frozenset({"kyc_session.record_decision"}),
    )


webhooks = Router(tags=["webhooks"], auth=as_kyc_provider)


@webhooks.post("/kyc", response=Any, url_name="kyc-decision")
def record_decision(request: HttpRequest) -> Any:
    decision = {"provider": kyc_provider().provider, **asdict(request.decision)}  # type: ignore[attr-defined]
    session = invoke("kyc_session.record_decision", decision).result
    return {"id": session["id"], "state": session["state"]}
