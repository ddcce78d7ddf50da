"""Signing in: passwords, second factors, sessions; nobody signs up by themselves."""

from bss.settings.environment import env

ACCOUNT_ADAPTER = "apps.cockpit.console.signing_in.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Five wrong passwords for one name lock it for five minutes; ten a minute lock an address.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("BSS_TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "apps.cockpit.console.signing_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/cockpit/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
