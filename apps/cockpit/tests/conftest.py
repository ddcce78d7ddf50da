from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.cockpit.terminal import main
from bss.core import registry
from bss.core.errors import Conflict, NotFound, PolicyViolation
from bss.core.models import OperatorProfile
from bss.core.registry import Operation, operation

MORE = (("scenario", "apps.cockpit.scenarios.commands"),)
Bss = Callable[..., "Ended"]


class Ended:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")


@pytest.fixture
def bss(committed: None, capsys: pytest.CaptureFixture[str]) -> Bss:
    """Type a command: `bss("customer", "list", "--json")`."""

    def typed(*words: str) -> Ended:
        code = main.run(words, MORE)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return typed


@pytest.fixture
def sandbox(committed: None) -> None:
    """A database on which everything may be tried."""
    OperatorProfile.objects.update_or_create(pk=1, defaults={"sandbox": True})


Register = Callable[..., Operation]


@pytest.fixture
def gadget(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """Register an operation for one test: `gadget("gadget.press", press, effect="charge")`."""
    monkeypatch.setattr(registry, "_operations", dict(registry._operations))

    def register(name: str, function: Callable[..., Any], **how: Any) -> Operation:
        operation(name, **how)(function)
        return registry.find(name)

    return register


REFUSALS: dict[str, Exception] = {
    "rule": PolicyViolation("gadget.press.worn_out", "The button is worn out."),
    "missing": NotFound("gadget", "G-1"),
    "conflict": Conflict("gadget.busy", "Somebody presses it.", retry_after=3),
}


@pytest.fixture
def press(gadget: Register) -> Operation:
    """A button that answers, or refuses as its argument says."""

    def press_it(*, button: str, times: int = 1, loud: bool = False) -> dict[str, Any]:
        """Press a button."""
        if button in REFUSALS:
            raise REFUSALS[button]
        if button == "bug":
            raise RuntimeError("a bug")
        return {"id": "G-1", "button": button, "times": times, "loud": loud, "state": "active"}

    return gadget("gadget.press", press_it, roles="care")
