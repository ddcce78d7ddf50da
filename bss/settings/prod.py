"""Production: everything given, nothing pretended."""

from .base import *
from .environment import env, required, secret
from .parts.postgres import databases
from .parts.redis import caches, channel_layers
from .product import read_product
from .safety import refuse_incomplete, refuse_unsafe

DEBUG = False
SECRET_KEY = secret("SECRET_KEY", at_least=50)
for name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "BSS_BASE_URL"):
    required(name)
# Health checks come from the same machine, by its own name.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS"), "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[env("BSS_BASE_URL")])
DATABASES = databases()
CACHES = caches()
CHANNEL_LAYERS = channel_layers()
BSS = read_product(production=True)
refuse_incomplete(BSS)
refuse_unsafe(BSS)

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
