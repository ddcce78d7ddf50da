"""Development, and the embedded services of `./run`: safe to lose, so it may pretend."""

from bss.settings.base import *
from bss.settings.environment import env
from bss.settings.parts.postgres import databases
from bss.settings.parts.redis import caches, channel_layers
from bss.settings.product import read_product
from bss.settings.safety import refuse_incomplete, refuse_placeholders

refuse_placeholders()
DEBUG = env.bool("BSS_DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="only-for-commands-that-serve-nobody")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
DATABASES = databases()
CACHES = caches()
CHANNEL_LAYERS = channel_layers()
BSS = read_product(production=False)
refuse_incomplete(BSS)

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Security keys work at http://localhost, where there is no TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
