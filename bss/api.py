"""The TM Forum APIs, each under the path its specification gives it; and what providers call."""

from django.conf import settings

from apps.catalog.api import promotions
from apps.catalog.api import router as catalog
from apps.crm import api as crm
from apps.ordering.api import router as ordering
from apps.payments.api import bills
from apps.provisioning.api import notifications
from apps.rating.api import router as rating
from apps.subscription.api import balances, products
from bss.core.http import TmfAPI
from bss.tmf.resources import apis
from bss.tmf.routes import router_of

api = TmfAPI(title="BSS", version=settings.VERSION, urls_namespace="api")
for declared in apis.values():
    for base in (declared.base, *declared.aliases):
        api.add_router(f"/{base}", router_of(declared))
api.add_router("/productCatalogManagement/v4", catalog)
api.add_router("/promotionManagement/v4", promotions)
api.add_router("/productOrderingManagement/v4", ordering)
api.add_router("/productInventory/v4", products)
api.add_router("/prepayBalanceManagement/v4", balances)
api.add_router("/customerBillManagement/v4", bills)
api.add_router("/usageManagement/v4", rating)
# Not TM Forum's: the SM-DP+ calls these under the base address it is given.
api.add_router("/gsma/rsp2/es2plus", notifications)

webhooks = TmfAPI(title="BSS webhooks", version=settings.VERSION, urls_namespace="webhooks")
webhooks.add_router("", crm.webhooks)
