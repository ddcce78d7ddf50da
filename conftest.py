pytest_plugins = ["bss.core.testing"]
