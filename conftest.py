pytest_plugins = ["bss.core.testing", "tests.tripped_rules"]
