"""Reading traces: the steps behind one request, wherever they ran."""

from __future__ import annotations

from typing import Any

from bss.core import tracing
from bss.core.errors import NotFound
from bss.core.models import Span, StoredEvent
from bss.core.registry import operation


def trace_of(aggregate: str, *, newest: bool = False) -> str:
    """The trace of an aggregate's first (or newest) event, or NotFound."""
    traced = StoredEvent.objects.filter(aggregate=aggregate).exclude(trace_id="")
    found = traced.order_by("-id" if newest else "id").values_list("trace_id", flat=True).first()
    if found is None:
        raise NotFound("trace", aggregate)
    return str(found)


def steps(trace_id: str) -> list[Span]:
    """Every step of a trace in the order they began."""
    tracing.flush()
    found = list(Span.objects.filter(trace_id=trace_id).order_by("started_at", "id"))
    if not found:
        raise NotFound("trace", trace_id)
    return found


def summary(trace_id: str, **about: str) -> dict[str, Any]:
    """A trace in a few numbers, with its steps for a swimlane."""
    found = steps(trace_id)
    first = found[0].started_at
    services = sorted({step.service for step in found})
    ends = [(step.started_at - first).total_seconds() * 1e3 + step.micros / 1e3 for step in found]
    return {
        **about,
        "traceId": trace_id,
        "spanCount": len(found),
        "serviceCount": len(services),
        "services": services,
        "errorSpanCount": sum(1 for step in found if step.error),
        "totalMs": round(max(ends), 1),
        "spans": [_view(step, first) for step in found],
    }


def _view(step: Span, first: Any) -> dict[str, Any]:
    return {
        "spanId": step.span_id,
        "parentId": step.parent_id or None,
        "service": step.service,
        "name": step.name,
        "kind": step.kind,
        "startMs": round((step.started_at - first).total_seconds() * 1e3, 2),
        "durationMs": round(step.micros / 1e3, 2),
        "error": step.error or None,
        "attributes": step.attributes,
    }


@operation("trace.get", effect="read", roles="engineer supervisor care")
def get_trace(*, trace_id: str) -> dict[str, Any]:
    """Show the steps of one request, wherever they ran."""
    return summary(trace_id)
