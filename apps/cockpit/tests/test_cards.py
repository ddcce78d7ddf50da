"""Cards are compared with text files; BSS_WRITE_CARDS=1 writes them anew, to be looked at."""

import os
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from apps.cockpit.terminal.cards import (
    catalog,
    customer,
    esim,
    explanation,
    frames,
    order,
    payment,
    plain,
    promotion,
    proposal,
    report,
    work,
)
from apps.cockpit.terminal.cards import line as lines
from apps.cockpit.terminal.swimlane import swimlane

from . import explained, samples
from .samples import SIGHT

FOLDER = Path(__file__).parent / "cards"
CARDS: dict[str, partial[RenderableType]] = {
    "line": partial(lines.line_card, samples.line(), SIGHT, samples.CUSTOMER, samples.PLANS[2]),
    "line_blocked": partial(lines.line_card, samples.BLOCKED, SIGHT, samples.CUSTOMER),
    "line_unknown": partial(lines.line_card, samples.UNKNOWN, SIGHT, samples.CUSTOMER),
    "line_ended": partial(lines.line_card, samples.ENDED, SIGHT),
    "lines": partial(lines.line_table, [samples.line(), samples.BLOCKED, samples.ENDED], SIGHT),
    "balance": partial(lines.balance_card, samples.BLOCKED["balances"], SIGHT),
    "customer": partial(customer.customer_card, samples.CUSTOMER, SIGHT, [samples.METHOD]),
    "customers": partial(customer.customer_table, [samples.CUSTOMER], SIGHT),
    "order": partial(order.order_card, samples.tree(samples.TASKS), SIGHT, samples.CUSTOMER),
    "order_discounted": partial(order.order_card, samples.discounted(), SIGHT),
    "promotions": partial(promotion.promotion_table, samples.PROMOTIONS, SIGHT),
    "proposals": partial(proposal.proposal_table, samples.PROPOSALS, SIGHT),
    "proposal": partial(proposal.proposal_card, samples.PROPOSALS[0], SIGHT),
    "order_stuck": partial(
        order.order_card,
        samples.tree(samples.STUCK, state="in_progress", notes="call first"),
        SIGHT,
    ),
    "order_failed": partial(
        order.order_card, samples.order("failed", stateReason="card declined"), SIGHT
    ),
    "order_new": partial(order.order_card, samples.order("acknowledged"), SIGHT),
    "orders": partial(order.order_table, [samples.order()], SIGHT),
    "tasks": partial(order.task_table, samples.STUCK, SIGHT),
    "catalog": partial(catalog.catalog_table, samples.PLANS, SIGHT),
    "offering": partial(catalog.offering_card, samples.PLANS[2], SIGHT),
    "vas": partial(catalog.vas_table, samples.VAS, SIGHT),
    "esim": partial(esim.esim_card, samples.ESIM, SIGHT),
    "methods": partial(payment.method_table, [samples.METHOD], SIGHT),
    "method": partial(payment.method_card, samples.METHOD, SIGHT),
    "payments": partial(payment.payment_table, samples.PAYMENTS, SIGHT),
    "payment": partial(payment.payment_card, samples.PAYMENTS[0], SIGHT),
    "receipts": partial(payment.receipt_table, samples.RECEIPTS, SIGHT),
    "payment_declined": partial(payment.payment_card, samples.PAYMENTS[1], SIGHT),
    "report": partial(report.report_table, explained.REPORT, SIGHT),
    "line_explained": partial(explanation.line_explained, explained.LINE, SIGHT),
    "payment_explained": partial(explanation.payment_explained, explained.PAYMENT, SIGHT),
    "trace": partial(swimlane, samples.TRACE, 100),
    "trace_one_service": partial(swimlane, samples.TRACE, 80, "provisioning"),
    "events": partial(work.event_table, samples.EVENTS, SIGHT),
    "calls": partial(work.call_table, samples.CALLS, SIGHT),
    "faults": partial(work.fault_table, samples.FAULTS, SIGHT),
    "deliveries": partial(work.delivery_table, samples.DELIVERIES, SIGHT),
    "plain_list": partial(plain.any_table, samples.PLAIN, SIGHT),
    "plain_empty": partial(plain.any_table, [], SIGHT),
    "plain_words": partial(plain.any_table, ["one", "two"], SIGHT),
    "plain_object": partial(plain.any_card, samples.PLAIN[0] | {"parts": samples.PLAIN}, SIGHT),
}


def drawn(card: RenderableType, width: int = 100) -> str:
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(card)
    return "\n".join(row.rstrip() for row in out.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_it_did(name: str) -> None:
    file = FOLDER / f"{name}.txt"
    text = drawn(CARDS[name]())
    if os.environ.get("BSS_WRITE_CARDS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    assert text == file.read_text()


@pytest.mark.parametrize("name", CARDS)
def test_a_card_fits_eighty_columns(name: str) -> None:
    assert max(len(row) for row in drawn(CARDS[name](), width=80).splitlines()) <= 80


@pytest.mark.parametrize(
    ("used", "total", "bar"),
    [
        (0, 100, "░" * 26),
        (100, 100, "█" * 26),
        (250, 100, "█" * 26),
        (50, 100, "█" * 13 + "░" * 13),
        (1, 100, "▎" + "░" * 25),
        (0, 0, "█" * 26),
    ],
)
def test_a_bar_shows_eighths_of_a_cell(used, total, bar) -> None:
    assert frames.bar(used, total).plain == bar


@pytest.mark.parametrize(
    ("kind", "quantity", "words"),
    [
        ("data", 30720, "30 GB"),
        ("data", 500, "500 MB"),
        ("data", 1536, "1.5 GB"),
        ("data_roaming", -1, "unlimited"),
        ("voice", 100, "100 min"),
        ("sms", 7, "7 SMS"),
    ],
)
def test_quantities_are_spoken(kind, quantity, words) -> None:
    assert frames.amount_of(kind, quantity) == words


def test_the_code_can_be_scanned() -> None:
    import segno

    code = samples.ESIM["activationCode"]
    rows = esim.qr(code, border=0).plain.split("\n")
    upper = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    modules = [[upper[cell][half] for cell in row] for row in rows for half in (0, 1)]

    expected = [list(map(int, row)) for row in segno.make(code, error="m").matrix]
    assert modules[: len(expected)] == expected
