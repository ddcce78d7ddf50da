"""Pages over HTTP and files on disk, as scenarios read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from .expectations import MISSING, resolve, shown
from .grammar import HttpExpect, HttpStep, RegexCapture
from .variables import StepFailed

# Scenario files name the addresses of a well-known set-up; here one address serves them all.
OURS = frozenset(
    ["portal-self-serve:8000", "portal-csr:8000", *(f"localhost:{port}" for port in (9001, 9002))]
)
MAILBOX = "portal-mailbox.log"


def address(url: str, base_url: str) -> str:
    """Where a step's URL is really served."""
    full = url if "://" in url else base_url.rstrip("/") + "/" + url.lstrip("/")
    parts = urlsplit(full)
    if parts.netloc not in OURS:
        return full
    own = urlsplit(settings.BSS.base_url)
    return urlunsplit(parts._replace(scheme=own.scheme, netloc=own.netloc))


def fetch(step: HttpStep) -> dict[str, Any]:
    """The answer to a request, as captures see it."""
    import httpx

    method, url = step.http.split(" ", 1)
    target = address(url.strip(), step.base_url)
    try:
        with httpx.Client(
            cookies=step.cookies,
            timeout=step.timeout_seconds,
            follow_redirects=step.follow_redirects,
        ) as client:
            return answer(
                client.request(
                    method, target, headers=step.headers, data=step.form, json=step.json_body
                )
            )
    except httpx.HTTPError as error:
        raise StepFailed(f"{target} does not answer: {error or type(error).__name__}.") from None


def answer(response: Any) -> dict[str, Any]:
    """Status, headers, cookies and body of a response; the body is parsed when it is JSON."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return {
        "status": response.status_code,
        "headers": {name.lower(): response.headers[name] for name in response.headers},
        "cookies": dict(response.cookies),
        "body": response.json() if is_json else None,
        "body_text": response.text,
    }


def faults_of_answer(expect: HttpExpect, got: Mapping[str, Any]) -> Iterator[str]:
    """One line for each way in which an answer is not as expected."""
    yield from wrong_status(expect.status, got["status"])
    text, headers, body = got["body_text"], got["headers"], got["body"]
    yield from (f"the body lacks {part!r}" for part in expect.body_contains if part not in text)
    yield from (f"the body has {part!r}" for part in expect.body_not_contains if part in text)
    for name, wanted in expect.headers_match.items():
        if headers.get(name.lower()) != wanted:
            yield f"header {name} is {headers.get(name.lower())!r}, expected {wanted!r}"
    for key, wanted in expect.body_json_equals.items():
        value = body.get(key, MISSING) if isinstance(body, dict) else MISSING
        if value is MISSING:
            yield f"the JSON body has no {key}"
        elif value != wanted:
            yield f"{key} is {shown(value)}, expected {shown(wanted)}"


def wrong_status(wanted: int | list[int] | None, status: int) -> Iterator[str]:
    """A line when the status is none of those allowed."""
    allowed = [wanted] if isinstance(wanted, int) else wanted
    if allowed is not None and status not in allowed:
        yield f"the status is {status}, expected {' or '.join(map(str, allowed))}"


def read_text(path: str, encoding: str) -> dict[str, Any]:
    """A file as captures see it; the well-known mailbox is wherever mail is kept."""
    file = Path(path)
    if not file.is_file() and file.name == MAILBOX:
        place = Path(settings.BSS.mailbox)
        file = place if place.suffix == ".log" else place / MAILBOX
    if not file.is_file():
        raise StepFailed(f"There is no file {path}.")
    text = file.read_text(encoding=encoding)
    return {"path": str(file), "body_text": text, "size": len(text)}


def regex_captures(
    wanted: Mapping[str, RegexCapture | str], found: Mapping[str, Any], *, last: bool = False
) -> dict[str, str]:
    """One variable for each pattern: its first match, or in files the last one."""
    return {name: search(as_capture(rule), found, last) for name, rule in wanted.items()}


def as_capture(rule: RegexCapture | str) -> RegexCapture:
    """A bare pattern searches the text."""
    return RegexCapture(pattern=rule) if isinstance(rule, str) else rule


def search(rule: RegexCapture, found: Mapping[str, Any], last: bool) -> str:
    """The group of the first or last match."""
    text = resolve(rule.source, found)
    if text is MISSING or text is None:
        raise StepFailed(f"The answer has no {rule.source}.")
    matches = list(re.finditer(rule.pattern, str(text), re.MULTILINE))
    if not matches:
        raise StepFailed(f"/{rule.pattern}/ matches nothing in {rule.source}.")
    return str(matches[-1 if last else 0][rule.group])
