"""Cards as people type them, and what a bank's no means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# The mock processor behaves by these words inside a card number or token.
MARKERS = (
    "FAIL", "DECLINE", "TIMEOUT", "UNKNOWN", "SLOW", "3DSFORM", "3DS", "NOCAPTURE", "NOVOID",
    "NOREFUND", "LOSTREFUND", "DOWN",
)  # fmt: skip
BRANDS = (
    ("amex", r"3[47]"),
    ("mastercard", r"5[1-5]|2[2-7]"),
    ("discover", r"6(?:011|5)"),
    ("visa", r"4"),
)
YEARS_ASSUMED = 5


@dataclass(frozen=True, slots=True)
class Card:
    """What may be kept of a card: never its number."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int
    markers: tuple[str, ...] = ()

    def expired(self, today: date) -> bool:
        """True once the month on the card is over."""
        return (self.exp_year, self.exp_month) < (today.year, today.month)


def read_card(number: str, exp_month: int | None, exp_year: int | None, today: date) -> Card | None:
    """The card behind a typed number, or None when it cannot be one."""
    typed = number.upper()
    digits = re.sub(r"\D", "", typed)
    markers = tuple(word for word in MARKERS if word in typed)
    if not markers and not (12 <= len(digits) <= 19 and re.fullmatch(r"[\d\s-]+", typed)):
        return None
    year = exp_year if exp_year is not None else today.year + YEARS_ASSUMED
    return Card(
        brand=brand_of(digits),
        last4=digits[-4:].rjust(4, "0"),
        exp_month=exp_month if exp_month is not None else 12,
        exp_year=year + 2000 if year < 100 else year,
        markers=markers,
    )


def like_card_number(text: str) -> bool:
    """True for what may be somebody's card number."""
    return bool(re.fullmatch(r"[\d\s-]{12,}", text))


def brand_of(digits: str) -> str:
    """The network a number belongs to by its first digits."""
    return next((brand for brand, start in BRANDS if re.match(start, digits)), "card")


# Codes after which the same card will never pay, and those only the cardholder can turn into a yes.
HARD = frozenset((
    "lost_card", "stolen_card", "pickup_card", "fraudulent", "expired_card", "invalid_account",
    "invalid_number", "incorrect_number", "card_not_supported", "restricted_card",
    "revocation_of_authorization", "revocation_of_all_authorizations", "stop_payment_order",
    "transaction_not_allowed", "security_violation", "new_account_information_available",
    "voided",
))  # fmt: skip
AUTHENTICATION = frozenset(["authentication_required", "authentication_not_handled"])


def decline_class(code: str) -> str:
    """`hard` is final for this card, `soft` may pass later, `authentication` needs 3-D Secure."""
    if code in AUTHENTICATION:
        return "authentication"
    return "hard" if code in HARD else "soft"
