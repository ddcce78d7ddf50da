"""The look of the cockpit."""

from bss.settings.environment import env

UNFOLD = {
    "SITE_TITLE": env("BSS_BRAND_NAME", default="BSS"),
    "SITE_HEADER": env("BSS_BRAND_NAME", default="BSS"),
    "SITE_SYMBOL": "sim_card",
}
