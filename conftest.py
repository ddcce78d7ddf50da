from hypothesis import HealthCheck, settings

pytest_plugins = ["bss.core.testing", "tests.tripped_rules"]

# How fast a machine thinks of examples is no fault of the code.
settings.register_profile("bss", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bss")
