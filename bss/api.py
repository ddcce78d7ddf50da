"""The TM Forum APIs, each under the path its specification gives it; and what providers call."""

from importlib import import_module

from django.conf import settings

from apps.crm.api import webhooks as kyc
from apps.provisioning.api import notifications
from bss.core.http import TmfAPI
from bss.tmf.resources import apis
from bss.tmf.routes import router_of

for app in ("catalog", "crm", "ordering", "payments", "provisioning", "rating", "subscription"):
    import_module(f"apps.{app}.api")

api = TmfAPI(title="BSS", version=settings.VERSION, urls_namespace="api")
for declared in apis.values():
    for base in (declared.base, *declared.aliases):
        api.add_router(f"/{base}", router_of(declared))
# Not TM Forum's: the SM-DP+ calls these under the base address it is given.
api.add_router("/gsma/rsp2/es2plus", notifications)

webhooks = TmfAPI(title="BSS webhooks", version=settings.VERSION, urls_namespace="webhooks")
webhooks.add_router("", kyc)
