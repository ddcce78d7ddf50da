"""Plans side by side, one plan in full, and the top-ups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from . import frames
from .frames import Sight, parsed

Data = Mapping[str, Any]
ALLOWANCES = (("Data", "data"), ("Voice", "voice"), ("SMS", "sms"), ("Roaming", "data_roaming"))
# So that they fit a terminal; the rest follows below.
PLANS_A_ROW = 4


def catalog_table(offerings: list[Data], sight: Sight) -> RenderableType:
    """One column for each plan, cheapest first; the middle one is what most people take."""
    plans = sorted(offerings, key=lambda plan: price_of(plan, sight.now)[0])
    star = plans[len(plans) // 2]["id"] if len(plans) > 2 else None
    groups = [plans[at : at + PLANS_A_ROW] for at in range(0, len(plans), PLANS_A_ROW)]
    tables = [side_by_side(group, star, sight) for group in groups]
    return Group(*tables, Text(f"Prices in {sight.currency}, tax included.", style=frames.QUIET))


def side_by_side(plans: list[Data], star: str | None, sight: Sight) -> Table:
    """A few plans as columns."""
    table = Table(
        box=box.ROUNDED,
        border_style=frames.QUIET,
        show_header=True,
        header_style="bold",
        padding=(0, 2),
    )
    table.add_column("")
    for plan in plans:
        mark = Text("★ ", style="yellow") if plan["id"] == star else Text()
        table.add_column(mark + Text(str(plan["name"])), justify="right")
    table.add_row(
        Text("Id", style=frames.QUIET),
        *(Text(str(plan["id"]), style=frames.ACCENT) for plan in plans),
    )
    table.add_row(Text("Price", style=frames.QUIET), *(price_text(plan, sight) for plan in plans))
    for name, kind in ALLOWANCES:
        table.add_row(
            Text(name, style=frames.QUIET), *(allowance_text(plan, kind) for plan in plans)
        )
    return table


def price_of(plan: Data, now: datetime) -> tuple[float, Data | None]:
    """The lowest price that holds at a moment, and its row."""
    found = [
        (float(price["price"]["taxIncludedAmount"]["value"]), price)
        for price in plan.get("productOfferingPrice") or []
        if holds(price.get("validFor"), now)
    ]
    return min(found, key=lambda pair: pair[0]) if found else (float("inf"), None)


def holds(window: Data | None, now: datetime) -> bool:
    """True inside a window; its end is outside."""
    start, end = (window or {}).get("startDateTime"), (window or {}).get("endDateTime")
    return (not start or parsed(start) <= now) and (not end or now < parsed(end))


def price_text(plan: Data, sight: Sight) -> Text:
    """`25.00 / 30 days`"""
    amount, price = price_of(plan, sight.now)
    if price is None:
        return Text("no price", style=frames.BAD)
    return Text.assemble((frames.money(amount), "bold"), (f" / {period(price)}", frames.QUIET))


def period(price: Data) -> str:
    """`30 days`, `month`"""
    length, kind = price.get("recurringChargePeriodLength"), price.get("recurringChargePeriodType")
    return str(kind) if length == 1 else f"{length} {kind}s"


def allowance_text(plan: Data, kind: str) -> Text:
    """What a plan grants of a kind."""
    granted = {one["allowanceType"]: one["quantity"] for one in plan.get("bundleAllowance") or []}
    quantity = granted.get(kind, granted.get(f"{kind}_minutes", 0))
    if not quantity:
        return Text("–", style=frames.QUIET)
    return Text(frames.amount_of(kind, quantity), style=frames.GOOD if quantity == -1 else "")


def offering_card(plan: Data, sight: Sight) -> RenderableType:
    """One plan with its allowances and all its prices."""
    allowances = frames.pairs((name, allowance_text(plan, kind)) for name, kind in ALLOWANCES)
    note = (
        "Paid first. Service stops when the data is used up; "
        "a top-up or the renewal brings it back."
    )
    return frames.card(
        f"{plan['name']} ({plan['id']})",
        price_text(plan, sight),
        frames.heading("Bundle"),
        allowances,
        frames.heading("Prices"),
        price_table(plan, sight),
        Text(f"\n{note}", style=frames.QUIET),
        state=frames.badge("active" if plan.get("isSellable", True) else "retired"),
    )


def price_table(plan: Data, sight: Sight) -> Table:
    """Every price with the window in which it holds; ● marks the one that counts now."""
    table = frames.rows("", "price", "amount", "from", "to", right=("amount",))
    _, current = price_of(plan, sight.now)
    for price in plan.get("productOfferingPrice") or []:
        window, tax = price.get("validFor") or {}, price["price"]["taxIncludedAmount"]
        table.add_row(
            Text("●", style=frames.GOOD) if price is current else "",
            str(price["id"]),
            frames.money(tax["value"], tax.get("unit")),
            sight.minute(window.get("startDateTime")),
            sight.minute(window.get("endDateTime")),
        )
    return table


def vas_table(offerings: list[Data], sight: Sight) -> RenderableType:
    """The top-ups."""
    table = frames.rows("top-up", "name", "price", "grants", "lasts", right=("price", "grants"))
    for vas in offerings:
        kind, hours = str(vas.get("allowanceType")), vas.get("expiryHours")
        granted = frames.amount_of(kind, float(vas.get("allowanceQuantity") or 0))
        table.add_row(
            Text(str(vas["id"]), style=frames.ACCENT),
            str(vas.get("name")),
            frames.money(vas.get("priceAmount"), vas.get("currency")),
            f"{granted} {'roaming' if kind == 'data_roaming' else ''}".strip(),
            f"{hours} h" if hours else "this period",
        )
    return table
