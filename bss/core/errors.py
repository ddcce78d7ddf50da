"""Refusals and faults in one shape that every door understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from pydantic import ValidationError


class BssError(Exception):
    """A failure a person or program can act on; everything else is a bug."""

    status = 500
    code = "internal"
    retry_after: int | None = None

    def __init__(self, message: str, context: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.context = context or {}


class PolicyViolation(BssError):
    """A named rule of the business said no."""

    status = 422

    def __init__(self, rule: str, message: str, context: dict[str, Any] | None = None) -> None:
        super().__init__(message, context)
        self.rule = self.code = rule


class NotFound(BssError):
    """The named object does not exist, or is not yours to see."""

    status = 404

    def __init__(self, noun: str, public_id: object) -> None:
        super().__init__(f"There is no {noun} {public_id}.", {"id": str(public_id)})
        self.code = f"{noun.replace(' ', '_')}.not_found"


class Conflict(BssError):
    """Somebody else was faster; reading again and repeating may help."""

    status = 409

    def __init__(
        self,
        code: str,
        message: str,
        context: dict[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, context)
        self.code = code
        self.retry_after = retry_after


class InvalidArguments(BssError):
    """The arguments do not have the shape the operation asks for."""

    status = 400
    code = "arguments.invalid"

    @classmethod
    def of(cls, error: ValidationError) -> InvalidArguments:
        """The first fault as a sentence, all of them in the context."""
        faults = {
            ".".join(map(str, fault["loc"])) or "body": fault["msg"] for fault in error.errors()
        }
        where, why = next(iter(faults.items()))
        return cls(f"{where}: {why}", faults)


class Unauthenticated(BssError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    status = 401
    code = "auth.required"


class PermissionDenied(BssError):
    """The signed-in person or client may not do this."""

    status = 403
    code = "auth.forbidden"


class UnknownOperation(BssError):
    """No operation has that name."""

    status = 404
    code = "operation.not_found"


@dataclass(frozen=True, slots=True)
class Rule:
    """A named reason to refuse; call it with the facts to get the refusal to raise."""

    id: str
    message: str

    def __call__(self, **context: Any) -> PolicyViolation:
        for watcher in watchers:
            watcher(self)
        return PolicyViolation(self.id, self.message.format_map(_Facts(context)), context)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"({key})"


_rules: dict[str, Rule] = {}
# Told of every refusal as it is made; tests watch which rules were ever tripped.
watchers: list[Callable[[Rule], None]] = []


def rule(rule_id: str, message: str) -> Rule:
    """Register a refusal `<noun>.<verb>.<why>`; the message may use {facts} of the context."""
    known = _rules.setdefault(rule_id, Rule(rule_id, message))
    if known.message != message:
        raise RuntimeError(f"rule {rule_id} is declared twice with different words")
    return known


def rules() -> list[Rule]:
    """Every rule of the system, by id."""
    return [_rules[rule_id] for rule_id in sorted(_rules)]


@dataclass(frozen=True, slots=True)
class Problem:
    """What a refusal looks like outside: TMF630 error body plus the facts behind it."""

    status: int
    code: str
    reason: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)
    retry_after: int | None = None

    def body(self) -> dict[str, Any]:
        """The JSON body; `code` and `reason` carry the rule, as clients of both kinds expect."""
        return {
            "code": self.code,
            "reason": self.reason,
            "message": self.message,
            "status": str(self.status),
            "context": self.context,
            "@type": "Error",
        }


def problem(error: Exception) -> Problem:
    """The one translation of any exception into what doors show."""
    known = translate(error)
    if known is None:
        return Problem(500, "internal", "internal", "Something broke on our side; it is logged.")
    reason = known.rule if isinstance(known, PolicyViolation) else known.code
    return Problem(
        known.status,
        known.code,
        reason,
        known.message,
        known.context,
        known.retry_after,
    )


def translate(error: Exception) -> BssError | None:
    """The BssError an exception stands for, or None when it is a bug."""
    if isinstance(error, BssError):
        return error
    if isinstance(error, ValidationError):
        return InvalidArguments.of(error)
    if isinstance(error, DatabaseError):
        return _of_database(error)
    return None


BUSY = {
    "55P03": "is locked by somebody else",
    "57014": "took too long",
    "40P01": "met another",
}


def _of_database(error: DatabaseError) -> BssError | None:
    state = getattr(error.__cause__, "sqlstate", None)
    if state in BUSY:
        return Conflict("database.busy", f"The record {BUSY[state]}; try again.", retry_after=1)
    if isinstance(error, IntegrityError):
        return _of_constraint(error)
    if isinstance(error, DataError):
        words = str(error).splitlines()[0]
        return InvalidArguments(f"A value cannot be stored: {words}")
    # Class 08 and 57: no connection, or the server is going down; psycopg itself sets no state.
    if isinstance(error, OperationalError) and (state is None or state[:2] in ("08", "57")):
        fault = BssError("The database does not answer; try again in a moment.")
        fault.status, fault.code, fault.retry_after = 503, "database.unavailable", 2
        return fault
    return None


def _of_constraint(error: IntegrityError) -> Conflict:
    diagnostics = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnostics, "constraint_name", None) or "constraint"
    words = re.sub(r"_+", " ", constraint)
    return Conflict(
        "database.conflict",
        f"Another change got in first ({words}); read again and repeat.",
        {"constraint": constraint},
    )


def failure_of(work: Callable[[], object]) -> Exception | None:
    """What a piece of background work failed with, or None: one bad row must not stop the rest."""
    try:
        work()
    except Exception as failure:
        return failure
    return None


@contextmanager
def translated() -> Iterator[None]:
    """Turn database conflicts inside the block into refusals that doors can show."""
    try:
        yield
    except DatabaseError as error:
        known = _of_database(error)
        if known is None:
            raise
        raise known from error
