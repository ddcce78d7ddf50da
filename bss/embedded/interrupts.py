"""Ctrl-C, SIGTERM and a closed terminal, at moments when no child can be lost."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop."""


class _Interrupts:
    held = 0
    noted = False

    def note(self, number: int, frame: FrameType | None) -> None:
        self.noted = True
        self.raise_noted()

    def raise_noted(self) -> None:
        if self.noted and not self.held:
            self.noted = False
            raise Stopped


_interrupts = _Interrupts()


@contextmanager
def stoppable(signals: Iterable[signal.Signals] = SIGNALS) -> Iterator[None]:
    """Raise Stopped in the block when a signal comes."""
    with handled(signals, _interrupts.note):
        yield


@contextmanager
def held() -> Iterator[None]:
    """Let a signal wait until the block is done."""
    _interrupts.held += 1
    try:
        yield
    finally:
        _interrupts.held -= 1
    _interrupts.raise_noted()


@contextmanager
def deaf() -> Iterator[None]:
    """Take no notice of signals: what runs here is already the stopping."""
    with handled(SIGNALS, signal.SIG_IGN):
        yield


@contextmanager
def handled(signals: Iterable[signal.Signals], handler: Any) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in signals}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
