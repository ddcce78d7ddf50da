"""What the names in a scenario stand for: operations, and a few things only scenarios may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bss.core.context import current
from bss.core.errors import PolicyViolation, UnknownOperation
from bss.core.operations import Answer, invoke, run_internal
from bss.core.registry import find
from bss.core.work import drain_everything

from .variables import StepFailed

NO_SITE = "{name} needs the self-serve site, which is not there yet."
# Seconds a step waits for its own calls before the runner drains the rest itself.
WAIT_SECONDS = 20.0


def call(name: str, args: dict[str, Any]) -> Any:
    """Perform what a step names, let everything it set going settle, and answer its result."""
    if name in SCENARIO_ONLY:
        return SCENARIO_ONLY[name](**args)
    if name.startswith("portal."):
        raise StepFailed(NO_SITE.format(name=name))
    return settled(name, args)


def settled(name: str, args: dict[str, Any], key: str | None = None) -> Any:
    """The result of an operation once its deliveries and calls are done."""
    try:
        operation = find(name)
    except UnknownOperation:
        raise StepFailed(f"There is no action {name}.") from None
    if not operation.is_read:
        answer = invoke(name, args, key=key, wait=WAIT_SECONDS)
        return read_again(operation.result, answer) if drain_everything() else answer.result
    # Something may have come due since the last step, above all while a step polls.
    drain_everything()
    return invoke(name, args).result


def read_again(read: Callable[[str], Any] | None, answer: Answer) -> Any:
    """The result as it is after draining."""
    return read(answer.subject) if read and answer.subject else answer.result


def refusal(operation: str, args: dict[str, Any] | None = None) -> dict[str, str]:
    """The rule that refuses an operation; that it is not refused fails the step."""
    try:
        settled(operation, args or {})
    except PolicyViolation as refused:
        return {"rule": refused.rule, "message": refused.message}
    raise StepFailed(f"{operation} was expected to be refused, but it was done.")


def repeat(
    operation: str, key: str, args: dict[str, Any] | None = None, times: int = 2
) -> list[Any]:
    """The results of sending the same request several times under one idempotency key."""
    return [settled(operation, args or {}, key=key) for _ in range(times)]


def count(operation: str, args: dict[str, Any] | None = None) -> dict[str, int]:
    """How many elements a list has."""
    return {"count": len(settled(operation, args or {}))}


def sweep(name: str) -> dict[str, int]:
    """Run one of the periodic searches now."""
    from bss.core.sweeps import registry, run_sweep

    if name not in registry():
        raise StepFailed(f"There is no sweep {name}; there are {', '.join(registry())}.")
    count = run_sweep(name)
    drain_everything()
    return {"count": count}


def set_aside(pool: str, leave: int) -> dict[str, int]:
    """Leave only a few free rows in a pool until the next reset."""
    return {"gone": run_internal("inventory.set_aside", {"pool": pool, "leave": leave}).result}


def check_invariants() -> dict[str, Any]:
    """The invariants that do not hold over the whole database."""
    from bss.core.invariants import check

    return {"broken": [verdict.name for verdict in check(full=True) if not verdict.holds]}


def run_as() -> dict[str, str]:
    """Who the scenario is, as its events will say."""
    acting = current()
    return {
        "actor": acting.actor,
        "channel": acting.channel,
        "serviceIdentity": acting.service_identity,
    }


SCENARIO_ONLY: dict[str, Callable[..., Any]] = {
    "scenario.refusal": refusal,
    "scenario.repeat": repeat,
    "scenario.count": count,
    "scenario.sweep": sweep,
    "scenario.set_aside": set_aside,
    "scenario.invariants": check_invariants,
    "scenario.identity": run_as,
}
