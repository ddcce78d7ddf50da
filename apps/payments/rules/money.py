"""Arithmetic and tables of money: lines, postings, keys, what an outcome means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Step = Literal["charge", "authorise", "capture", "void"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a receipt: what the money is for, in minor units."""

    text: str
    offering_id: str
    tax_class: str
    net: int
    tax: int
    tax_basis_points: int = 0

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


def dispute_postings(amount: int) -> list[Posting]:
    """What a dispute moves when it opens; with the sign turned, when it is won."""
    return [Posting("disputes_open", amount), Posting("cards_receivable", -amount)]


def lost_postings(amount: int) -> list[Posting]:
    """What was withheld is gone."""
    return [Posting("chargebacks", amount), Posting("disputes_open", -amount)]


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
    ("refund", "succeeded"): "succeeded",
    ("refund", "refused"): "refused",
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
