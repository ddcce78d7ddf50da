"""Money as whole minor units of the operator's one currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from bss.core.errors import InvalidArguments

MINOR_DIGITS = 2
# Whatever is larger is a slip of the hand.
MOST = 10**12
_SCALE = Decimal(10) ** MINOR_DIGITS


def money_text(minor: int) -> str:
    """`"10.00"` for 1000 minor units."""
    return f"{Decimal(minor) / _SCALE:.{MINOR_DIGITS}f}"


def parse_money(amount: str | float | Decimal) -> int:
    """Minor units of a decimal amount; more digits than the currency has are refused."""
    try:
        scaled = Decimal(str(amount).strip()) * _SCALE
    except InvalidOperation:
        raise InvalidArguments(f"{amount!r} is not an amount of money like 10.00.") from None
    if not scaled.is_finite():
        raise InvalidArguments(f"{amount!r} is not an amount of money like 10.00.")
    if abs(scaled) > MOST:
        raise InvalidArguments(f"{amount!r} is too much; {money_text(MOST)} is the most.")
    if scaled != scaled.to_integral_value():
        raise InvalidArguments(f"{amount!r} has more digits than the currency.")
    return int(scaled)


def percent_of(minor: int, percent: Decimal) -> int:
    """That share of an amount, rounded half up to whole minor units."""
    share = Decimal(minor) * percent / 100
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))
