"""What every environment shares."""

import re

from bss.settings.environment import BASE_DIR
from bss.settings.parts.allauth import *
from bss.settings.parts.celery import *
from bss.settings.parts.logs import LOGGING as LOGGING
from bss.settings.parts.mail import *

VERSION = re.findall(r"^## (\S+)", (BASE_DIR / "CHANGELOG.md").read_text(), re.M)[0]

INSTALLED_APPS = [
    "apps.cockpit.console.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "django_htmx",
    "ninja",
    "pgtrigger",
    "bss.core",
    "bss.tmf",
    "apps.crm",
    "apps.catalog",
    "apps.payments",
    "apps.provisioning",
    "apps.subscription",
    "apps.ordering",
    "apps.rating",
    "apps.cockpit",
    "apps.selfserve",
    "bss",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bss.content_security.ContentSecurityMiddleware",
    "bss.outages.OutageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "bss.urls"
ASGI_APPLICATION = "bss.asgi.application"
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
