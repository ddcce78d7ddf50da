from django.contrib import admin
from django.urls import include, path

from apps.payments.api import stripe_webhook
from bss import health
from bss.api import api, webhooks

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("cockpit/access/", include("allauth.urls")),
    path("cockpit/", admin.site.urls),
    path("tmf-api/", api.urls),
    path("webhooks/stripe", stripe_webhook),
    path("webhooks/", webhooks.urls),
    path("", include("apps.selfserve.urls")),
]
