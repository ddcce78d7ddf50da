"""Production: everything given, nothing pretended."""

from bss.settings.base import *
from bss.settings.environment import BASE_DIR, address, env, required, secret
from bss.settings.parts.postgres import databases
from bss.settings.parts.redis import caches, channel_layers
from bss.settings.product import read_product
from bss.settings.safety import refuse_incomplete, refuse_unsafe

DEBUG = False
SECRET_KEY = secret("SECRET_KEY", at_least=50)
address("DATABASE_URL")
address("REDIS_URL")
required("ALLOWED_HOSTS")
required("BSS_BASE_URL")
# Health checks come from the same machine, by its own name.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS"), "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[env("BSS_BASE_URL")])
DATABASES = databases()
CACHES = caches()
CHANNEL_LAYERS = channel_layers()
BSS = read_product(production=True)
refuse_incomplete(BSS)
refuse_unsafe(BSS)

STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
