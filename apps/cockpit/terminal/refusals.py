"""Every way a command can fail, as one line and an exit code."""

from __future__ import annotations

from rich.text import Text

from bss.core.errors import (
    BssError,
    Conflict,
    InvalidArguments,
    NotFound,
    PermissionDenied,
    PolicyViolation,
    UnknownOperation,
    problem,
    translate,
)

from .output import error_console, print_json

UNDEFINED_TABLE = "42P01"
REFUSED, NOT_FOUND, CONFLICT, FAILED = 2, 3, 4, 1
CODES: tuple[tuple[type[BssError], int], ...] = (
    (PolicyViolation, REFUSED),
    (InvalidArguments, REFUSED),
    (PermissionDenied, REFUSED),
    (NotFound, NOT_FOUND),
    (UnknownOperation, NOT_FOUND),
    (Conflict, CONFLICT),
)


def exit_code(error: BssError) -> int:
    """2 refused or invalid, 3 not found, 4 somebody else was faster, 1 anything else."""
    return next((code for kind, code in CODES if isinstance(error, kind)), FAILED)


def headline(error: BssError) -> str:
    """The one line that says what happened."""
    if isinstance(error, PolicyViolation):
        return f"POLICY_VIOLATION {error.rule}: {error.message}"
    return error.message


def show(error: Exception, *, as_json: bool) -> int | None:
    """Print a refusal and answer its exit code; None for a bug, which is nobody's refusal."""
    known = translate(error) or unprepared(error)
    if known is None:
        return None
    if as_json:
        print_json(problem(known).body())
    else:
        error_console().print(Text(headline(known), style="bold red"), soft_wrap=True)
        for line in details(known):
            error_console().print(Text(line, style="dim"), soft_wrap=True)
    return exit_code(known)


def unprepared(error: Exception) -> BssError | None:
    """A database without our tables is a beginning, not a bug."""
    if getattr(error.__cause__, "sqlstate", None) != UNDEFINED_TABLE:
        return None
    return BssError("The database is not prepared yet; ./run does that, or manage.py prepare.")


def details(error: BssError) -> list[str]:
    """What else a person can use: the other invalid arguments, or when to try again."""
    lines = []
    if isinstance(error, InvalidArguments) and len(error.context) > 1:
        lines = [f"  {where}: {why}" for where, why in error.context.items()]
    if error.retry_after:
        lines.append(f"  Try again in {error.retry_after} s.")
    return lines
