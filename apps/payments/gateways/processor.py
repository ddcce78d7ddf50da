"""What all card processors share."""

from __future__ import annotations

from typing import Any

from bss.core.calls import Gateway, NotSent, Outcome, Unknown, sends, succeeded

# Nothing that moves money is sent again before the processor was asked what became of it.
MONEY = sends(on_unknown="look_up", tells_unknown=True)
ATTACHING = sends(on_unknown="look_up")
ANY_CARD = {"brand": "card", "last4": "0000", "exp_month": 12, "exp_year": 9999, "country": ""}


class CardProcessor(Gateway):
    """Charges, authorises, captures, voids and refunds; keeps cards under a token."""

    @sends(on_unknown="resend")
    def inquire(
        self, *, key: str, attempt: int, of: str, method: str, args: dict[str, Any]
    ) -> Outcome:
        """What the processor knows of an earlier send; to know nothing is an answer here."""
        try:
            found = self.look_up(key=of, method=method, args=args)
        except (NotSent, Unknown) as why:
            return succeeded(told="nothing", why=str(why))
        if found is None:
            return succeeded(told="absent", why="The processor has never heard of it.")
        return succeeded(told=found.kind, outcome=found.stored())

    def preview(self, *, method: str, args: dict[str, Any]) -> Outcome:
        """The processor is assumed to agree, and to know nothing new."""
        if method == "save_card":
            return succeeded(payer=args["payer"], **ANY_CARD)
        if method == "inquire":
            return succeeded(told="nothing", why="It was not asked.")
        return succeeded(reference="preview")
