"""Arithmetic and tables of money: cards as typed, lines, postings, what an outcome means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

# The mock processor behaves by these words inside a card number or token.
MARKERS = (
    "FAIL", "DECLINE", "TIMEOUT", "UNKNOWN", "SLOW", "3DSFORM", "3DS", "NOCAPTURE", "NOVOID",
    "NOREFUND", "DOWN",
)  # fmt: skip
BRANDS = (
    ("amex", r"3[47]"),
    ("mastercard", r"5[1-5]|2[2-7]"),
    ("discover", r"6(?:011|5)"),
    ("visa", r"4"),
)
YEARS_ASSUMED = 5

Step = Literal["charge", "authorise", "capture", "void"]


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


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a receipt: what the money is for, in minor units."""

    text: str
    offering_id: str
    tax_class: str
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """What the payer sees."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A payment somebody wants to open; the key says what it is for."""

    purpose: str
    key: str
    customer_id: str
    lines: Sequence[Line]
    capture: Literal["now", "later"]
    # None lets the customer's default card pay.
    method_id: str | None = None
    subject: str = ""

    @property
    def amount(self) -> int:
        """What the lines add up to."""
        return sum(line.gross for line in self.lines)

    @property
    def tax(self) -> int:
        """The tax within the amount."""
        return sum(line.tax for line in self.lines)

    @property
    def first_step(self) -> Step:
        """What the processor is asked first."""
        return "charge" if self.capture == "now" else "authorise"


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a double entry; debits are positive."""

    account: str
    amount: int


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


def brand_of(digits: str) -> str:
    """The network a number belongs to by its first digits."""
    return next((brand for brand, start in BRANDS if re.match(start, digits)), "card")


def describe(lines: Iterable[Line]) -> str:
    """One sentence for statements and summaries."""
    return ", ".join(line.text for line in lines)[:200]


def as_rows(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Lines as plain values, numbered from one."""
    return [{"position": place, **asdict(line)} for place, line in enumerate(lines, 1)]


def capture_postings(net: int, tax: int) -> list[Posting]:
    """What a capture moves: the processor owes us, we have sold, the state gets its tax."""
    return _without_zeros(
        Posting("cards_receivable", net + tax), Posting("sales", -net), Posting("tax_payable", -tax)
    )


def refund_postings(amount: int, tax: int) -> list[Posting]:
    """The way back of `amount`, of which `tax` was tax."""
    return _without_zeros(
        Posting("refunds", amount - tax),
        Posting("tax_payable", tax),
        Posting("cards_receivable", -amount),
    )


def tax_within(refunded: int, amount: int, tax: int) -> int:
    """The tax in the first `refunded` units of a payment; differences of it add up exactly."""
    return (tax * refunded * 2 + amount) // (2 * amount) if amount else 0


def _without_zeros(*postings: Posting) -> list[Posting]:
    return [posting for posting in postings if posting.amount]


# What an outcome does to a payment that waits for a step; None leaves its state.
TRIGGERS: dict[tuple[Step, str], str] = {
    ("authorise", "succeeded"): "authorise",
    ("charge", "succeeded"): "capture",
    ("capture", "succeeded"): "capture",
    ("void", "succeeded"): "void",
    ("authorise", "refused"): "decline",
    ("charge", "refused"): "decline",
    ("capture", "refused"): "decline",
    # The money stays reserved at the bank until it lapses there.
    ("void", "refused"): "keep",
}


# The code of a refusal that a person knows to be a reservation given back.
VOIDED = "voided"
# What a person may say became of a step, and the outcome that stands for.
SAYABLE: dict[tuple[str, str], str] = {
    ("authorise", "authorised"): "succeeded",
    ("authorise", "declined"): "refused",
    ("authorise", "voided"): "refused",
    ("charge", "captured"): "succeeded",
    ("charge", "declined"): "refused",
    ("charge", "voided"): "refused",
    ("capture", "captured"): "succeeded",
    ("capture", "declined"): "refused",
    ("capture", "voided"): "refused",
    ("void", "voided"): "succeeded",
}


def trigger_of(step: Step, kind: str, code: str = "") -> str:
    """The lifecycle trigger for the outcome of a step."""
    if kind == "refused" and code == VOIDED and step != "void":
        return "void"
    return TRIGGERS.get((step, kind), "lose")


def contradicts(says: str, step: str, told: str) -> bool:
    """True when the processor knows that it went otherwise than a person says."""
    kind = SAYABLE.get((step, says), "")
    if told == "absent":
        return kind == "succeeded" and step != "void"
    return bool(kind) and told in ("succeeded", "refused") and told != kind


def attempt_key(key: str, number: int, step: str = "", part: int = 0) -> str:
    """The provider's idempotency key: `<key>/<n>`, then the step that follows."""
    return "/".join([key, str(number), *([step] if step else []), *([str(part)] if part else [])])
