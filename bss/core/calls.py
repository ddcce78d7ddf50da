"""Asking the outside world: requests as rows, gateways that perform them, what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from bss.core import registry
from bss.core.invocation import PendingCall, lease_seconds, running, to_json

F = TypeVar("F", bound=Callable[..., "Outcome"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gateway answered: succeeded, refused, or (nobody knows yet) unknown."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    reason: str = ""

    @property
    def succeeded(self) -> bool:
        """True when the outside did what was asked."""
        return self.kind == "succeeded"

    @property
    def refused(self) -> bool:
        """True when the outside said no, for good."""
        return self.kind == "refused"

    @property
    def unknown(self) -> bool:
        """True while nobody knows whether it happened."""
        return self.kind == "unknown"

    def stored(self) -> dict[str, Any]:
        """As kept on the call."""
        return asdict(self)


def succeeded(**data: Any) -> Outcome:
    """It was done; `data` is what the provider said about it."""
    return Outcome("succeeded", data)


def refused(code: str, reason: str = "", **data: Any) -> Outcome:
    """It was turned down for good."""
    return Outcome("refused", data, code, reason)


class NotSent(Exception):
    """The provider surely never saw it; sending again is safe."""


class Unknown(Exception):
    """It was sent and no answer came."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a gateway method promises about unknown outcomes."""

    on_unknown: str
    tells_unknown: bool


def sends(*, on_unknown: str, tells_unknown: bool = False) -> Callable[[F], F]:
    """Mark a gateway method as callable and say what to do when its outcome is unknown.

    `look_up` asks by key before sending again, `resend` sends again under the same key,
    `ask` leaves it to a person. `tells_unknown` runs `then` at the first unknown too.
    """
    if on_unknown not in ("look_up", "resend", "ask"):
        raise RuntimeError(f"unknown outcome handling {on_unknown}")

    def mark(method: F) -> F:
        method.sending = Sending(on_unknown, tells_unknown)  # type: ignore[attr-defined]
        return method

    return mark


class Gateway:
    """An adapter to one outside system; no database, no deciding."""

    # Seconds a send may take, by any of its methods; a send may be a look-up and then a send.
    timeout: ClassVar[float] = 10.0

    def look_up(self, *, key: str, method: str, args: dict[str, Any]) -> Outcome | None:
        """What became of an earlier send, or None when the provider does not know the key."""
        raise Unknown(f"{type(self).__name__} cannot look up {key}")

    def preview(self, *, method: str, args: dict[str, Any]) -> Outcome:
        """The answer a preview assumes."""
        return succeeded(reference="preview")

    @classmethod
    def sending(cls, method: str) -> Sending:
        """The promises of one of its methods."""
        found: Sending | None = getattr(getattr(cls, method, None), "sending", None)
        if found is None:
            raise RuntimeError(f"{cls.__name__} has no call {method}")
        return found


_adapters: dict[str, dict[str, type[Gateway]]] = {}
_live: dict[tuple[str, str], Gateway] = {}


def register_gateway(name: str, adapter: str, gateway: type[Gateway]) -> None:
    """Make an adapter available for a gateway; settings choose which one runs.

    Refuses to start with one whose sends could outlast the lease of their call.
    """
    if gateway.timeout * 2 >= lease_seconds():
        raise ImproperlyConfigured(
            f"{gateway.__name__} may wait {gateway.timeout:g} s, but a call is leased for"
            f" {lease_seconds():g} s; its time-out must be less than half of that."
        )
    _adapters.setdefault(name, {})[adapter] = gateway


def gateway_of(name: str) -> Gateway:
    """The configured adapter of a gateway, one per process."""
    adapter = settings.BSS.gateways.get(name, "simulator")
    if adapter not in _adapters.get(name, {}):
        raise ImproperlyConfigured(f"gateway {name} has no adapter {adapter}")
    if (name, adapter) not in _live:
        _live[name, adapter] = _adapters[name][adapter]()
    return _live[name, adapter]


def gateways() -> dict[str, list[str]]:
    """Every gateway and its adapters."""
    return {name: sorted(adapters) for name, adapters in sorted(_adapters.items())}


def request_call(
    *,
    gateway: str,
    method: str,
    key: str,
    args: dict[str, Any],
    then: str,
    then_args: dict[str, Any] | None = None,
    queue: str = "orders",
    about: str = "",
    shown: dict[str, Any] | None = None,
) -> None:
    """Ask for a call once this transaction commits; `then` runs with its outcome.

    The key is unique per gateway and is what every send of this call carries. `shown` is what
    a preview tells people: amounts, recipients, named targets.
    """
    gateway_of(gateway).sending(method)
    registry.require_rank(then)
    running().calls.append(
        PendingCall(
            gateway=gateway,
            method=method,
            key=key,
            args=_plain(args),
            then=then,
            then_args=_plain(then_args),
            queue=queue,
            about=about,
            shown=_plain(shown),
        )
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    """As the row will give them back, so that the first run sees what a recovery would see."""
    plain: dict[str, Any] = json.loads(to_json(values or {}))
    return plain
