"""Mail: where letters leave, and how long anybody waits for that server."""

from bss.settings.environment import env

EMAIL_HOST = str(env("EMAIL_HOST", default="localhost"))
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = str(env("EMAIL_HOST_USER", default=""))
EMAIL_HOST_PASSWORD = str(env("EMAIL_HOST_PASSWORD", default=""))
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
# Well under a call's lease, or a second worker would send the letter again.
EMAIL_TIMEOUT = 10
