"""The card of a line: what it is, what is left, when it renews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from apps.cockpit.rules.words import REASONS, full_name, in_days

from . import frames
from .frames import Sight

Data = Mapping[str, Any]


def line_card(
    line: Data, sight: Sight, customer: Data | None = None, offering: Data | None = None
) -> RenderableType:
    """A line with its bars; the frame is double while it is blocked."""
    blocked = line.get("state") == "blocked"
    return frames.card(
        str(line["id"]),
        frames.pairs(facts(line, sight, customer, offering)),
        frames.heading("Bundle"),
        bundle(line.get("balances") or []),
        *notes(line, sight),
        state=frames.badge(line.get("state")),
        double=blocked,
        style="red" if blocked else frames.QUIET,
    )


def facts(
    line: Data, sight: Sight, customer: Data | None, offering: Data | None
) -> Iterator[tuple[str, RenderableType]]:
    """Number, owner, plan and dates."""
    yield "Number", Text(frames.grouped(line.get("msisdn")), style="bold")
    yield "Customer", named(customer, line.get("customerId"))
    yield "Plan", Text(f"{plan_name(line, offering)} · {price(line, offering)}")
    yield "Activated", sight.day(line.get("activatedAt"))
    yield from renewal(line, sight)
    if line.get("iccid"):
        yield "eSIM", frames.grouped(line["iccid"])


def named(customer: Data | None, customer_id: str | None) -> Text:
    """`Ada Lovelace  CUST-000001`"""
    name = full_name(customer)
    return Text.assemble((f"{name}  ", "bold") if name else "", (customer_id or "–", frames.QUIET))


def plan_name(line: Data, offering: Data | None) -> str:
    """The plan's name with its id."""
    offering_id = str(line.get("offeringId"))
    return f"{offering['name']} ({offering_id})" if offering else offering_id


def price(line: Data, offering: Data | None) -> str:
    """What a period costs this line, discount included."""
    amount = frames.get(line, "effectiveAmount", "priceAmount")
    text = frames.money(amount, line.get("priceCurrency"))
    if amount != line.get("priceAmount"):
        text += f" instead of {frames.money(line.get('priceAmount'))}"
    return f"{text} / {period(line, offering)}"


def period(line: Data, offering: Data | None) -> str:
    """`30 days` or `month`, from the price this line was sold at."""
    prices = (offering or {}).get("productOfferingPrice") or []
    ours = [one for one in prices if one.get("id") == line.get("priceOfferingPriceId")] or prices
    if not ours:
        return "period"
    length, kind = (
        ours[0].get("recurringChargePeriodLength"),
        ours[0].get("recurringChargePeriodType"),
    )
    return str(kind) if length == 1 else f"{length} {kind}s"


def renewal(line: Data, sight: Sight) -> Iterator[tuple[str, RenderableType]]:
    """When the line renews, or when it ended."""
    due = line.get("nextRenewalAt")
    if line.get("terminatedAt"):
        yield "Ended", sight.day(line["terminatedAt"])
    elif due:
        yield "Renews", Text(f"{in_days(sight.days_until(due))} ({sight.day(due)})")


def bundle(balances: list[Data]) -> RenderableType:
    """One bar for each allowance."""
    if not balances:
        return Text("nothing in this period", style=frames.QUIET)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    for balance in balances:
        grid.add_row(*bucket_row(balance))
    return grid


def bucket_row(balance: Data) -> tuple[RenderableType, ...]:
    """Name, bar, used of total, per cent."""
    kind, total = str(balance["allowanceType"]), float(balance["total"])
    used = float(balance.get("consumed") or 0)
    name = Text(frames.kind_name(kind))
    if total == -1:
        return (
            name,
            frames.endless_bar(),
            Text(f"unlimited, {frames.amount_of(kind, used)} used"),
            "",
        )
    if total == 0 and used == 0:
        return (
            name,
            Text("░" * frames.BAR_CELLS, style=frames.QUIET),
            Text("none", style=frames.QUIET),
            "",
        )
    share = used / total if total else 1.0
    words = f"{frames.amount_of(kind, used)} of {frames.amount_of(kind, total)}"
    percent = Text(f"{share:.0%}", style=frames.level_style(share))
    return name, frames.bar(used, total), Text(words), percent


def notes(line: Data, sight: Sight) -> Iterator[RenderableType]:
    """What somebody should do, or should know."""
    if line.get("state") == "blocked":
        why, cure = blocked_because(line)
        yield Text.assemble(("\n⚠ ", "bold red"), (f"Blocked: {why}.", "red"))
        yield Text.assemble(("  What helps: ", frames.QUIET), cure)
    if line.get("unknownRenewal"):
        yield from unknown_renewal(line["unknownRenewal"], sight)
    if line.get("pendingOfferingId"):
        when = sight.day(line.get("pendingEffectiveAt"))
        yield Text(f"\n→ changes to {line['pendingOfferingId']} on {when}", style=frames.ACCENT)


def unknown_renewal(unknown: Data, sight: Sight) -> Iterator[RenderableType]:
    """A renewal that may or may not have been paid, and who can find out."""
    payment = unknown["paymentId"]
    yield Text.assemble(
        ("\n⚠ ", "bold yellow"),
        f"Renewal of {unknown['renewalOf']}: outcome unknown since "
        f"{sight.minute(unknown['since'])}; payment {payment}.",
    )
    yield Text.assemble(("  Next step: ", frames.QUIET), f"bss payment reconcile {payment}")


def blocked_because(line: Data) -> tuple[str, str]:
    """The reason, and the command that helps."""
    reason = str(line.get("stateReason") or "exhausted")
    why = REASONS.get(reason, reason.replace("_", " "))
    cure = (
        f"bss subscription renew {line['id']}"
        if reason.startswith("payment")
        else f"bss subscription vas {line['id']} VAS_DATA_1GB"
    )
    return why, cure


def balance_card(balances: list[Data], sight: Sight) -> RenderableType:
    """What is left on a line."""
    first = balances[0] if balances else {}
    span = f"{sight.day(first.get('periodStart'))} to {sight.day(first.get('periodEnd'))}"
    return frames.card(
        str(first.get("subscriptionId", "")),
        Text(span, style=frames.QUIET),
        Text(),
        bundle(balances),
    )


def line_table(lines: list[Data], sight: Sight) -> RenderableType:
    """Lines, one a row, with how much of the data is used."""
    table = frames.rows(
        "line", "number", "plan", "state", "data used", "renews", right=("data used",)
    )
    for line in lines:
        table.add_row(
            Text(str(line["id"]), style=frames.ACCENT),
            frames.grouped(line.get("msisdn")),
            str(line.get("offeringId")),
            marked(line.get("state")),
            data_used(line),
            sight.day(line.get("nextRenewalAt")),
        )
    return table


def marked(state: str | None) -> Text:
    """A state, with a warning where somebody cannot use the line."""
    warning = "⚠ " if state in ("blocked", "suspended") else ""
    return Text(warning, style=frames.BAD) + frames.state_text(state)


def data_used(line: Data) -> Text:
    """The share of the home data that is used."""
    data = next(
        (one for one in line.get("balances") or [] if one.get("allowanceType") == "data"), None
    )
    if data is None or not data.get("total"):
        return Text("–", style=frames.QUIET)
    if data["total"] == -1:
        return Text("unlimited", style=frames.GOOD)
    share = data.get("consumed", 0) / data["total"]
    return Text(f"{share:.0%}", style=frames.level_style(share))
