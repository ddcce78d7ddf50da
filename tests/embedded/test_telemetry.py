"""Spans as a collector gets them from the processes that serve."""

import json
import threading
from contextlib import closing
from http.client import HTTPConnection

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bss.core.tests.outside import JsonHandler, serving
from bss.embedded.processes import wait_until

pytestmark = pytest.mark.slow


class Collector(JsonHandler):
    """Takes spans as OTLP over HTTP brings them."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            self.taken.append((self.path, ExportTraceServiceRequest.FromString(body)))
        self.reply(200, {})


def spans(taken):
    """Every span with the process and the scope it came from."""
    for path, request in list(taken):
        assert path == "/v1/traces"
        for resource in request.resource_spans:
            about = {one.key: one.value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    yield about["process.pid"].int_value, scope.scope.name, span


def kind_of(span):
    return {one.key: one.value.string_value for one in span.attributes}.get("bss.kind")


@pytest.fixture
def collected():
    taken = []
    with serving(Collector, taken=taken, lock=threading.Lock()) as address:
        yield address, taken


def test_a_request_and_what_it_leads_to_are_one_trace(terminal, collected):
    address, taken = collected
    terminal.extra = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    terminal.serve()
    created = terminal.manage("bss", "client", "create", "app", "--scopes", "*", "--json")
    token = json.loads(created.stdout)["token"]

    assert terminal.manage("bss", "seed", "--lines", "10", "--usage", "10").returncode == 0

    order(terminal.port, token)

    assert wait_until(lambda: is_whole(trace_of_order(taken)), 30), trace_of_order(taken)
    trace = trace_of_order(taken)
    roots = [span for _, _, span in trace if span.kind == span.SPAN_KIND_SERVER]
    assert len(roots) == 1
    # An event is delivered after what published it is over, so nothing is around its span.
    alone = [span for _, _, span in trace if not span.parent_span_id and span not in roots]
    assert all(kind_of(span) == "delivery" for span in alone)


def order(port, token):
    """Order a plan over HTTP."""
    item = {"action": "add", "productOffering": {"id": "PLAN_M"}}
    buyer = {"id": "CUST-000001", "role": "customer"}
    body = json.dumps({"productOrderItem": [item], "relatedParty": [buyer], "submit": True})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("POST", "/tmf-api/productOrderingManagement/v4/productOrder", body, headers)
        answer = line.getresponse()
        assert answer.status == 201, answer.read()


def trace_of_order(taken):
    """The spans of the trace that the order's request began."""
    found = list(spans(taken))
    posted = {
        span.trace_id
        for _, _, span in found
        if span.kind == span.SPAN_KIND_SERVER and span.name.startswith("POST")
    }
    return [one for one in found if one[2].trace_id in posted]


def is_whole(trace):
    """Two processes and every app that an order needs, and nothing whose parent is missing."""
    processes, scopes = {pid for pid, _, _ in trace}, {scope for _, scope, _ in trace}
    known = {span.span_id for _, _, span in trace} | {b""}
    return (
        len(processes) == 2
        and scopes >= {"ordering", "payments", "provisioning", "subscription", "crm"}
        and all(span.parent_span_id in known for _, _, span in trace)
    )
