"""OpenTelemetry: spans go to our own table, and to a collector when one is named."""

from bss.settings.environment import env

OTEL_ENABLED = env.bool("BSS_OTEL_ENABLED", default=True)
OTEL_ENDPOINT = env("BSS_OTEL_EXPORTER_OTLP_ENDPOINT", default="")
OTEL_SERVICE_PREFIX = env("BSS_OTEL_SERVICE_NAME_PREFIX", default="bss")
OTEL_SAMPLING_RATIO = env.float("BSS_OTEL_SAMPLING_RATIO", default=1.0)
