"""Sends spans to an OpenTelemetry collector, when the environment names one.

The variables are OpenTelemetry's own: OTEL_EXPORTER_OTLP_ENDPOINT switches it on, and
OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER and the rest mean what they mean
everywhere. A request becomes a span of the Django instrumentation, and the steps below it, in
whichever process they run, are those of `bss trace`.
"""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING

from bss.core import context, tracing
from bss.settings.environment import env

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def export() -> TracerProvider | None:
    """Send the spans of this process, if a collector is named; answers who sends them.

    What is imported costs some 20 MiB, which nobody pays who has no collector.
    """
    if not env(ENDPOINT, default=""):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import PROCESS_PID, SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = env("OTEL_SERVICE_NAME", default="bss")
    resource = Resource.create({SERVICE_NAME: name, PROCESS_PID: os.getpid()})
    provider = TracerProvider(resource=resource)
    sender = BatchSpanProcessor(OTLPSpanExporter())
    provider.add_span_processor(sender)
    DjangoInstrumentor().instrument(tracer_provider=provider)
    context.begin_traces(trace_of_request)
    tracing.also(lambda step: sender.on_end(as_span(step, resource)))
    atexit.register(provider.shutdown)
    return provider


def trace_of_request() -> tuple[str, str]:
    """The trace and span of the request being answered, empty outside of one."""
    from opentelemetry.trace import format_span_id, format_trace_id, get_current_span

    here = get_current_span().get_span_context()
    if not here.is_valid:
        return "", ""
    return format_trace_id(here.trace_id), format_span_id(here.span_id)


def as_span(step: tracing.Step, resource: Resource) -> ReadableSpan:
    """A step as OpenTelemetry knows spans; its scope is the app that did it."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    def identity(span_id: str) -> SpanContext:
        sampled = TraceFlags(TraceFlags.SAMPLED)
        trace = int(step.trace_id, 16)
        return SpanContext(trace, int(span_id, 16), is_remote=False, trace_flags=sampled)

    begun = int(step.started_at.timestamp() * 1_000_000_000)
    return ReadableSpan(
        name=step.name,
        context=identity(step.span_id),
        parent=identity(step.parent_id) if step.parent_id else None,
        resource=resource,
        attributes={"bss.kind": step.kind, **{key: str(it) for key, it in step.attributes.items()}},
        kind=SpanKind.CLIENT if step.kind == "call" else SpanKind.INTERNAL,
        status=Status(StatusCode.ERROR, step.error) if step.error else Status(StatusCode.OK),
        start_time=begun,
        end_time=begun + step.micros * 1_000,
        instrumentation_scope=InstrumentationScope(step.service),
    )
