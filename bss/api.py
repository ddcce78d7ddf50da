"""The TM Forum APIs, each under the path its specification gives it."""

from django.conf import settings

from apps.catalog.api import router as catalog
from apps.crm.api import router as crm
from apps.ordering.api import router as ordering
from apps.rating.api import router as rating
from apps.subscription.api import router as subscription
from bss.core.http import TmfAPI

api = TmfAPI(title="BSS", version=settings.VERSION, urls_namespace="api")
api.add_router("", crm)
api.add_router("", catalog)
api.add_router("", subscription)
api.add_router("/productOrderingManagement/v4", ordering)
api.add_router("/usageManagement/v4", rating)
