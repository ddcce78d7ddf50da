"""A line or a payment explained: sums written out, and what does not add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from . import frames
from .frames import Sight

Data = Mapping[str, Any]
UNITS = (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))
# What tells how a balance came about; the rest is shown only where it does not add up.
TOLD = ("left now", "used, by event", "beyond the bundle", "given away or kept apart", "taken back")
MOST_PARTS = 12


def line_explained(told: Data, sight: Sight) -> RenderableType:
    """The tariff, each balance, each charge and what stops the line."""
    parts: list[RenderableType] = [
        frames.pairs(tariff_facts(told, sight)),
        *block_lines(told.get("block"), sight),
    ]
    for balance in told["balances"]:
        parts += [frames.heading(balance_title(balance)), *balance_lines(balance)]
    if told["charges"]:
        parts += [frames.heading("Charges"), charges(told["charges"], told["currency"], sight)]
        parts += [sum_table(figure) for figure in told["paid"] if not figure["sums"]]
    parts += refused(told.get("refusedUsage") or [])
    return explained(told, parts)


def payment_explained(told: Data, sight: Sight) -> RenderableType:
    """The amount, where it went, and each sum behind it."""
    price, promotion = told.get("price"), told.get("promotion")
    facts = [
        ("Amount", Text(frames.money(told["amount"], told["currency"]), style="bold")),
        ("For", Text(str(told["description"]))),
        ("Key", Text(str(told["key"]))),
        ("When", Text(sight.minute(told.get("capturedAt") or told["attemptedAt"]))),
        ("Price row", Text(price_words(price) if price else "–")),
        ("Promotion", Text(promotion_words(promotion) if promotion else "–")),
        ("Gave", Text(gave_words(told["gave"]) or str(told.get("servedBy") or "nothing"))),
    ]
    if told.get("declineReason"):
        facts.append(("Declined", Text(str(told["declineReason"]), style=frames.BAD)))
    parts: list[RenderableType] = [frames.pairs(facts)]
    for figure in told["figures"]:
        if figure["parts"] or not figure["sums"]:
            words = figure["name"].removeprefix(f"{told['id']} ").capitalize()
            parts += [frames.heading(words), sum_table(figure)]
    return explained(told, parts)


def explained(told: Data, parts: list[RenderableType]) -> RenderableType:
    """The card around an explanation: it says whether everything adds up."""
    if told["sums"]:
        parts.append(Text("\n✓ Everything adds up.", style=frames.GOOD))
    else:
        parts.append(Text("\n✗ This does not add up:", style=f"bold {frames.BAD}"))
        parts += [Text(f"  {fault}", style=frames.BAD) for fault in told["faults"]]
    style = frames.QUIET if told["sums"] else frames.BAD
    return frames.card(told["id"], *parts, state=frames.badge(told["state"]), style=style)


def tariff_facts(told: Data, sight: Sight) -> Iterator[tuple[str, RenderableType]]:
    """What the line costs, by which row."""
    tariff = told["tariff"]
    yield "Plan", Text(f"{tariff['name']} ({tariff['offeringId']})", style="bold")
    yield "Price row", Text(price_words(tariff["price"]))
    if tariff["promotion"]:
        yield "Promotion", Text(promotion_words(tariff["promotion"]))
    yield "Next charge", Text(next_words(tariff, told["currency"]))
    period = f"{sight.minute(tariff['periodStart'])} to {sight.minute(tariff['periodEnd'])}"
    yield "Period", Text(period)
    if tariff["pendingPriceId"]:
        changes = f"{tariff['pendingOfferingId']}, {tariff['pendingPriceId']}"
        yield "Changes to", Text(f"{changes} from {sight.day(tariff['pendingEffectiveAt'])}")


def next_words(tariff: Data, currency: str) -> str:
    """`SGD 9.00 = 10.00 − 1.00`"""
    amount = frames.money(tariff["next"], currency)
    if not float(tariff["discount"]):
        return amount
    return f"{amount} = {frames.money(tariff['amount'])} − {frames.money(tariff['discount'])}"


def price_words(price: Data) -> str:
    """A price row on one line."""
    term = f"{price['periodLength']} {price['periodType']}s"
    since = f", from {price['validFrom'][:10]}" if price["validFrom"] else ""
    until = f", until {price['validTo'][:10]}" if price["validTo"] else ""
    return f"{price['id']}: {price['currency']} {price['amount']} / {term}{since}{until}"


def promotion_words(promotion: Data) -> str:
    """What a promotion takes off, and for how long."""
    value = promotion["discountValue"]
    percent = promotion["discountType"] == "percent"
    off = f"{float(value):g} %" if percent else value
    left = promotion["periods"]
    runs = "for ever" if left == -1 else f"{left} periods left" if left else "used up"
    return f"{promotion['id']}{code_of(promotion)}: {off} off, {runs}"


def code_of(promotion: Data) -> str:
    """The code that was typed, if any was."""
    return f" ({promotion['code']})" if promotion["code"] else ""


def gave_words(grants: Iterable[Data]) -> str:
    """What a payment gave, kind by kind."""
    units = {"voice": "seconds", "sms": "messages"}
    return ", ".join(
        f"{granted(grant['total'], units.get(grant['kind'], 'bytes'))} {grant['kind']}"
        for grant in grants
    )


def block_lines(block: Data | None, sight: Sight) -> Iterator[RenderableType]:
    """Why the line does not work, and by which rule."""
    if not block:
        return
    yield frames.heading("Out of service")
    rows = [
        ("Why", Text(str(block["reason"] or block["state"]).replace("_", " "), style=frames.BAD)),
        ("Since", Text(sight.minute(block["since"]))),
        ("Rule", Text(block["rule"])),
    ]
    if event := block.get("event"):
        rows.append(("Event", Text(f"{event['id']}: {event['summary']}")))
    if usage := block.get("usage"):
        rows.append(("Last use", Text(f"{usage['id']} ({usage['eventKey']})")))
    if payment := block.get("payment"):
        rows.append(("Payment", Text(f"{payment['id'] or 'none'}: {payment['reason']}")))
    for one in block.get("suspensions") or ():
        why = ", ".join(filter(None, (one["cause"], one["legalBasis"], one["reason"])))
        rows.append(("Held by", Text(f"{one['id']}: {why}")))
    yield frames.pairs(rows)


def balance_title(balance: Data) -> str:
    """The kind and what is left of it."""
    left = granted(balance["remaining"], balance["unit"])
    return f"{frames.kind_name(balance['kind'])}: {left} left"


def balance_lines(balance: Data) -> Iterator[RenderableType]:
    """The sums that tell how a balance came about, and all that do not hold."""
    for figure in balance["figures"]:
        name = figure["name"].removeprefix(f"{balance['kind']} ")
        if not figure["sums"] or name in TOLD and figure["parts"]:
            yield Text(name.capitalize(), style=frames.QUIET)
            yield sum_table(figure)
    if balance["writtenOff"]:
        yield Text(f"Written off: {quantity(balance['writtenOff'], balance['unit'])}")


def sum_table(figure: Data) -> RenderableType:
    """The parts, one below the other, and their sum."""
    unit, parts = figure["unit"], figure["parts"]
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for part in parts[:MOST_PARTS]:
        words = Text(part["text"])
        if part["of"] and part["of"] not in part["text"]:
            words.append(f"  {part['of']}", style=frames.QUIET)
        grid.add_row(quantity(part["value"], unit), words)
    if rest := parts[MOST_PARTS:]:
        total = sum(float(part["value"]) for part in rest)
        grid.add_row(quantity(total, unit), Text(f"{len(rest)} more, in --json"))
    mark = Text("=") if figure["sums"] else Text(f"≠ {quantity(figure['sum'], unit)}", frames.BAD)
    grid.add_row(Text(quantity(figure["stated"], unit), style="bold"), mark)
    return grid


def charges(found: Iterable[Data], currency: str, sight: Sight) -> RenderableType:
    """Every charge with the rows it is made from."""
    table = frames.rows("payment", "when", "amount", "from", right=("amount",))
    for charge in found:
        sums = all(figure["sums"] for figure in charge["figures"])
        amount = Text(frames.money(charge["amount"], currency), style="" if sums else frames.BAD)
        table.add_row(
            Text(str(charge["id"]), style=frames.ACCENT),
            sight.day(charge["at"]),
            amount,
            Text(made_of(charge)),
        )
    return table


def made_of(charge: Data) -> str:
    """Price row, promotion and what became of a charge."""
    words = [str(charge["price"]["id"] if charge["price"] else charge["soldAs"] or charge["text"])]
    if charge["promotion"]:
        words.append(f"less {charge['promotion']['id']}")
    if charge["state"] != "captured":
        words.append(str(charge["state"]))
    if float(charge["refunded"]):
        words.append(f"refunded {frames.money(charge['refunded'])}")
    if float(charge["disputed"]):
        words.append(f"disputed {frames.money(charge['disputed'])}")
    return ", ".join(words)


def refused(rows: list[Data]) -> list[RenderableType]:
    """The rules that refused usage."""
    if not rows:
        return []
    table = frames.rows("rule", "events", right=("events",))
    for row in rows:
        table.add_row(Text(str(row["rule"])), f"{row['events']:,}")
    return [frames.heading("Usage that was refused"), table]


def granted(value: int, unit: str) -> str:
    """A quantity that may have no end."""
    return "unlimited" if value == -1 else quantity(value, unit)


def quantity(value: Any, unit: str) -> str:
    """A quantity in the largest unit that it is a whole number of."""
    if unit == "money":
        return frames.money(value)
    size = int(value)
    if unit == "bytes":
        found = ((name, each) for name, each in UNITS if size % each == 0)
        name, each = next(found, ("B", 1))
        return f"{size // each:,} {name}"
    if unit == "seconds" and size % 60 == 0:
        return f"{size // 60:,} min"
    return f"{size:,} {'s' if unit == 'seconds' else 'SMS'}"
