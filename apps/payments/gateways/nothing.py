"""Amounts of nothing: they settle like all others, without asking anybody."""

from __future__ import annotations

from typing import Any

from bss.core.calls import Gateway, Outcome, sends, succeeded


class Nothing(Gateway):
    """Agrees to everything, because nothing is moved."""

    @sends(on_unknown="resend")
    def charge(self, **_: Any) -> Outcome:
        return succeeded()

    @sends(on_unknown="resend")
    def authorise(self, **_: Any) -> Outcome:
        return succeeded()

    @sends(on_unknown="resend")
    def capture(self, **_: Any) -> Outcome:
        return succeeded()

    @sends(on_unknown="resend")
    def void(self, **_: Any) -> Outcome:
        return succeeded()
