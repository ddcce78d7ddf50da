from django.contrib.admin.apps import SimpleAdminConfig


class ConsoleConfig(SimpleAdminConfig):
    """Django's admin, with our site as the one it means; loaded when somebody comes."""

    default_site = "apps.cockpit.console.site.CockpitSite"
