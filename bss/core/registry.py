"""The operations of the system: one typed function per verb, read by every door."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ParamSpec, TypeVar, cast, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.alias_generators import to_camel

from bss.core import tracing
from bss.core.errors import InvalidArguments, UnknownOperation

P = ParamSpec("P")
R = TypeVar("R")

# What an operation may do, mildest first; an operation may only use its equals and milder ones.
EFFECTS = ("read", "write", "charge", "destructive")
ROLES = (
    "care",
    "supervisor",
    "engineer",
    "finance",
    "catalog_manager",
    "auditor",
    "admin",
)


class Arguments(BaseModel):
    """Base of every argument model: strict about names, lenient about spelling."""

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=True,
    )


@dataclass(eq=False)
class Operation:
    """A verb of the business with everything a door must know about it."""

    name: str
    function: Callable[..., Any]
    effect: str
    roles: frozenset[str]
    internal: bool
    lean: bool
    # Its answer is shown once and kept nowhere.
    secret: bool
    result: Callable[[str], Any] | None
    # The operation with which it shares its idempotency keys, when one door leads to both.
    keys_of: str
    # Runs only as a proposal that somebody else confirms.
    second_person: bool = False
    checks: list[Callable[..., None]] = field(default_factory=list)

    @property
    def noun(self) -> str:
        """What it acts on: its name without the verb."""
        return self.name.rpartition(".")[0]

    @property
    def verb(self) -> str:
        """What it does: the last word of the name."""
        return self.name.rpartition(".")[2]

    @property
    def app(self) -> str:
        """The app that owns it; spans call this the service."""
        return self.function.__module__.removeprefix("apps.").removeprefix("bss.").split(".")[0]

    @property
    def doc(self) -> str:
        """Its one-sentence docstring."""
        return inspect.getdoc(self.function) or ""

    @property
    def rank(self) -> int:
        """How grave its effect is."""
        return EFFECTS.index(self.effect)

    @property
    def is_read(self) -> bool:
        """True when it changes nothing."""
        return self.effect == "read"

    @property
    def needs_confirmation(self) -> bool:
        """True when a person must confirm it: it moves money or cannot be taken back."""
        return self.effect in ("charge", "destructive")

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The argument model, built from the function's signature."""
        hints = get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {
            parameter.name: (hints[parameter.name], _default_of(parameter))
            for parameter in inspect.signature(self.function).parameters.values()
        }
        return create_model(self.name, __base__=Arguments, **fields)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What its arguments are when they are left out."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}

    def check(self, arguments: dict[str, Any]) -> None:
        """Ask the policies attached to it; each gets every argument."""
        for policy in self.checks:
            policy(**(self.defaults | arguments))

    def parse(self, args: dict[str, Any]) -> dict[str, Any]:
        """Arguments as the function takes them; raises InvalidArguments."""
        if not self.lean:
            _refuse_control_characters(args)
        try:
            model = self.arguments.model_validate(args)
        except ValidationError as error:
            raise InvalidArguments.of(error) from None
        return {name: getattr(model, name) for name in type(model).model_fields}


# Tabs and new lines are text; what moves a terminal's cursor or ends a string is not.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _refuse_control_characters(value: Any, where: str = "") -> None:
    if isinstance(value, str) and _CONTROL.search(value):
        raise InvalidArguments(f"{where}: control characters are not allowed")
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_control_characters(inner, where or str(name))
    if isinstance(value, list):
        for inner in value:
            _refuse_control_characters(inner, where)


def _default_of(parameter: inspect.Parameter) -> Any:
    return ... if parameter.default is inspect.Parameter.empty else parameter.default


_operations: dict[str, Operation] = {}
_sections: dict[str, dict[str, Callable[[str], Any]]] = {}
_early_checks: dict[str, list[Callable[..., None]]] = {}
_rank: ContextVar[int | None] = ContextVar("bss_rank", default=None)


def operation(
    name: str,
    *,
    effect: str = "write",
    roles: str = "",
    result: Callable[[str], Any] | None = None,
    internal: bool = False,
    lean: bool = False,
    secret: bool = False,
    keys_of: str = "",
    second_person: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a keyword-only function as an operation; it can be used inside others as it is."""
    granted = frozenset(roles.split())
    if unknown := granted - {*ROLES, "customer"}:
        raise RuntimeError(f"{name} names unknown roles {sorted(unknown)}")

    def register(function: Callable[P, R]) -> Callable[P, R]:
        if name in _operations:
            raise RuntimeError(f"operation {name} is registered twice")
        registered = Operation(
            name,
            function,
            effect,
            granted,
            internal,
            lean,
            secret,
            result,
            keys_of or name,
            second_person,
        )
        registered.checks.extend(_early_checks.pop(name, ()))
        _operations[name] = registered

        @functools.wraps(function)
        def used(*args: P.args, **kwargs: P.kwargs) -> R:
            return cast(R, perform(registered, kwargs))

        used.operation = registered  # type: ignore[attr-defined]
        return used

    return register


def perform(operation: Operation, arguments: dict[str, Any]) -> Any:
    """Run an operation in the transaction and context that are already there."""
    outer = _rank.get()
    if outer is not None and operation.rank > outer:
        raise RuntimeError(
            f"{operation.name} is {operation.effect}; the operation that uses it is only "
            f"{EFFECTS[outer]}. Raise the effect of the outer one."
        )
    if outer is None and not operation.is_read:
        raise RuntimeError(f"{operation.name} changes things; go through invoke().")
    token = _rank.set(operation.rank)
    try:
        with tracing.span(operation.name, service=operation.app, kind="operation"):
            operation.check(arguments)
            return operation.function(**arguments)
    finally:
        _rank.reset(token)


def require_rank(name: str) -> None:
    """Refuse to lead to an operation that is graver than the one running."""
    found, outer = find(name), _rank.get()
    if outer is not None and found.rank > outer:
        raise RuntimeError(f"{name} is {found.effect}; what leads to it is only {EFFECTS[outer]}.")


def running_effect() -> str | None:
    """The effect that operations running here may have, or None outside of any."""
    rank = _rank.get()
    return None if rank is None else EFFECTS[rank]


class allowing:
    """Let operations up to an effect run inside the block: the kernel's own entry points."""

    def __init__(self, effect: str = "destructive") -> None:
        self.rank = EFFECTS.index(effect)

    def __enter__(self) -> None:
        self.token = _rank.set(self.rank)

    def __exit__(self, *exc: object) -> None:
        _rank.reset(self.token)


def check(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Attach a policy to an operation of one's own app or one below; it gets the arguments."""

    def attach(policy: Callable[..., None]) -> Callable[..., None]:
        known = _operations.get(name)
        (known.checks if known else _early_checks.setdefault(name, [])).append(policy)
        return policy

    return attach


def section(name: str, title: str) -> Callable[[Callable[[str], Any]], Callable[[str], Any]]:
    """Add a part to a lower app's read, shown under `_extras.<title>`."""

    def attach(query: Callable[[str], Any]) -> Callable[[str], Any]:
        _sections.setdefault(name, {})[title] = query
        return query

    return attach


def extras(name: str, subject: str) -> dict[str, Any]:
    """What upper apps add to a read about a subject."""
    return {title: query(subject) for title, query in sorted(_sections.get(name, {}).items())}


def registry() -> dict[str, Operation]:
    """Every operation by name, internal ones included."""
    return dict(sorted(_operations.items()))


def find(name: str) -> Operation:
    """The operation of that name, internal or not; raises UnknownOperation."""
    if name not in _operations:
        raise UnknownOperation(f"There is no operation {name}; `bss operations` lists them.")
    return _operations[name]


def public(name: str) -> Operation:
    """The operation of that name that doors may run; raises UnknownOperation."""
    found = find(name)
    if found.internal:
        raise UnknownOperation(f"There is no operation {name}; `bss operations` lists them.")
    return found


def orphaned_checks() -> list[str]:
    """Operations that checks were attached to but that nobody registered."""
    return sorted(_early_checks)
