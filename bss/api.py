from django.conf import settings
from ninja import NinjaAPI

api = NinjaAPI(title="BSS", version=settings.VERSION, urls_namespace="api")
