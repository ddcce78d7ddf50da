import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from apps.cockpit.scenarios.grammar import parse
from apps.cockpit.scenarios.outside import address
from apps.cockpit.scenarios.runner import StepReport, play


class Site(BaseHTTPRequestHandler):
    """A site with a form, a page that is late, and JSON."""

    looks = 0

    def do_GET(self) -> None:
        type(self).looks += 1
        if self.path == "/late":
            self.answer(200 if self.looks > 2 else 404, "text/plain", "here")
        elif self.path == "/json":
            self.answer(200, "application/json; charset=utf-8", '{"done":true,"id":"X-1"}')
        else:
            self.answer(200, "text/html", f"hello {self.headers.get('Cookie', 'nobody')}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(303)
        self.send_header("Location", f"/next?got={body}")
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "bss_portal_session=s3; Path=/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetch(base: str, **step: object) -> tuple[StepReport, dict[str, object]]:
    asked: dict[str, object] = {}
    steps = [
        {"name": "fetch", "base_url": "{{ base }}", **step},
        {"name": "use", "action": "a.b", "args": {"got": "{{ got }}"}},
    ]
    content = {
        "name": "story",
        "steps": steps,
        "variables": {"base": base, "got": None, "who": "Ada"},
    }
    report = play(parse(content), lambda name, args: asked.update(args))
    return report.steps[0], asked


def test_a_form_is_sent_and_its_answer_captured(site) -> None:
    step, asked = fetch(
        site,
        http="POST /form",
        form={"name": "{{ who }}"},
        expect={"status": [302, 303], "headers_match": {"Location": "/next?got=name={{ who }}"}},
        capture_regex={
            "got": {"source": "headers.set-cookie", "pattern": "bss_portal_session=([^;]+)"}
        },
    )

    assert step.status == "passed", step.detail
    assert asked == {"got": "s3"}


def test_json_is_parsed_and_cookies_are_sent(site) -> None:
    checked = {"status": 200, "body_json_equals": {"done": True}, "body_contains": ['"done":true']}

    step, asked = fetch(site, http="GET /json", expect=checked, capture={"got": "$.body.id"})
    page, _ = fetch(
        site,
        http="GET /",
        cookies={"c": "{{ who }}"},
        expect={"body_contains": ["hello c={{ who }}"]},
    )

    assert (step.status, asked["got"]) == ("passed", "X-1")
    assert page.status == "passed", page.detail


def test_a_late_page_is_polled_for(site) -> None:
    Site.looks = 0

    step, _ = fetch(site, http="GET /late", expect={"status": 200}, poll={"interval_ms": 1})

    assert step.status == "passed"


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"status": 303}, "the status is 200, expected 303"),
        ({"status": [301, 302]}, "expected 301 or 302"),
        ({"body_contains": ["bye"]}, "the body lacks 'bye'"),
        ({"body_not_contains": ["hello"]}, "the body has 'hello'"),
        ({"headers_match": {"location": "/"}}, "header location is None, expected '/'"),
        ({"body_json_equals": {"done": True}}, "the JSON body has no done"),
    ],
)
def test_an_answer_that_does_not_fit_is_told(site, expect, said) -> None:
    assert said in fetch(site, http="GET /", expect=expect)[0].detail


def test_a_different_json_value_is_told(site) -> None:
    step, _ = fetch(site, http="GET /json", expect={"body_json_equals": {"done": False}})

    assert step.detail == "done is True, expected False"


def test_nobody_there_fails_with_one_sentence() -> None:
    step, _ = fetch("http://127.0.0.1:9", http="GET /")

    assert step.detail.startswith("http://127.0.0.1:9/ does not answer")


def test_well_known_addresses_are_served_by_our_own(settings) -> None:
    own = settings.BSS.base_url

    assert address("/welcome", "http://portal-self-serve:8000") == f"{own}/welcome"
    assert address("http://localhost:9002/x?y=1", "http://unused") == f"{own}/x?y=1"
    assert address("/x", "http://other:1/") == "http://other:1/x"
