from typing import Any

from apps.crm import queries
from bss.core import clock
from bss.core.sweeps import sweep


@sweep("kyc_expiry", operation="customer.expire_kyc", every=3600, queue="orders")
def expired_proofs(limit: int) -> list[dict[str, Any]]:
    """Customers whose proof of identity has run out."""
    return [{"customer_id": id} for id in queries.expired_proofs(clock.now(), limit)]
