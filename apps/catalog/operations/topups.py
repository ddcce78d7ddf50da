from typing import Any

from apps.catalog import queries
from bss.core import clock
from bss.core.operations import operation

EVERYONE = "care supervisor engineer finance catalog_manager customer"


@operation("catalog.list_vas", effect="read", roles=EVERYONE)
def list_vas() -> list[dict[str, Any]]:
    """List the top-ups on sale now, cheapest first."""
    return queries.vas_list(clock.now())


@operation("catalog.get_vas", effect="read", roles=EVERYONE)
def get_vas(*, vas_offering_id: str) -> dict[str, Any]:
    """Show a top-up, whether or not it is on sale now."""
    return queries.vas_view(vas_offering_id)
