"""What all card processors share."""

from __future__ import annotations

from typing import Any

from bss.core.calls import Gateway, Outcome, sends, succeeded

# Nothing that moves money is sent again before the processor was asked what became of it.
MONEY = sends(on_unknown="look_up", tells_unknown=True)
ATTACHING = sends(on_unknown="look_up")
ANY_CARD = {"brand": "card", "last4": "0000", "exp_month": 12, "exp_year": 9999, "country": ""}


class CardProcessor(Gateway):
    """Charges, authorises, captures, voids and refunds; keeps cards under a token."""

    def preview(self, *, method: str, args: dict[str, Any]) -> Outcome:
        """The processor is assumed to agree."""
        if method == "save_card":
            return succeeded(payer=args["payer"], **ANY_CARD)
        return succeeded(reference="preview")
