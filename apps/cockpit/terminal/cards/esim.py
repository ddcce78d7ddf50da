"""The eSIM as somebody scans it: a QR code in half blocks, and the text behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from . import frames
from .frames import Sight

Data = Mapping[str, Any]
# Upper and lower half of a cell: dark modules are drawn, on white, whatever the terminal's theme.
HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
SHOWN_DIGITS = 4


def esim_card(activation: Data, sight: Sight) -> RenderableType:
    """The activation code as a picture and in words."""
    code = str(frames.get(activation, "activationCode", "activation_code", default=""))
    state = frames.get(activation, "profileState", "profile_state", "state")
    grid = Table.grid(padding=(0, 3))
    grid.add_row(
        qr(code) if code else Text("no code", style=frames.QUIET), frames.pairs(facts(activation))
    )
    title = str(frames.get(activation, "subscriptionId", "subscription_id", default="eSIM"))
    return frames.card(
        title, grid, Text(f"\n{code}", style="bold"), state=frames.badge(state) if state else None
    )


def facts(activation: Data) -> Iterator[tuple[str, RenderableType]]:
    """What identifies the profile; the IMSI only by its last digits."""
    if number := frames.get(activation, "msisdn", "assigned_msisdn"):
        yield "Number", frames.grouped(number)
    yield "ICCID", str(activation.get("iccid") or "–")
    if imsi := activation.get("imsi"):
        yield "IMSI", "•" * (len(imsi) - SHOWN_DIGITS) + imsi[-SHOWN_DIGITS:]
    if server := frames.get(activation, "smdpServer", "smdp_server"):
        yield "SM-DP+", str(server)
    if matching := frames.get(activation, "matchingId", "matching_id"):
        yield "Matching", str(matching)
    yield (
        "How",
        Text("Settings → Mobile → Add eSIM,\nthen scan or type the code.", style=frames.QUIET),
    )


def qr(code: str, border: int = 2) -> Text:
    """A QR code, two modules a cell."""
    import segno

    matrix = [
        [0 if bit == 0 else 1 for bit in row]
        for row in segno.make(code, error="m").matrix_iter(border=border)
    ]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    pairs = zip(matrix[::2], matrix[1::2], strict=True)
    picture = "\n".join("".join(HALVES[half] for half in zip(*rows, strict=True)) for rows in pairs)
    return Text(picture, style="#000000 on #ffffff", no_wrap=True)


def esim_table(profiles: list[Data], sight: Sight) -> RenderableType:
    """eSIM profiles, one a row."""
    table = frames.rows("iccid", "state", "number", "line")
    for profile in profiles:
        table.add_row(
            Text(str(profile.get("iccid")), style=frames.ACCENT),
            frames.state_text(profile.get("profile_state")),
            frames.grouped(profile.get("assigned_msisdn")),
            str(profile.get("assigned_to_subscription_id") or "–"),
        )
    return table
