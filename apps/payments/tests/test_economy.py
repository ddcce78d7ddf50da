"""What money costs in statements: each one more is felt in every renewal."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bss.core.calls import succeeded

from .factories import make_captured, open_payment, use


def ours(captured: CaptureQueriesContext) -> list[str]:
    """The statements that are not the kernel's."""
    written = [query["sql"].strip() for query in captured.captured_queries]
    return [
        sql
        for sql in written
        if not sql.startswith(("SAVEPOINT", "RELEASE", "WITH fact"))
        and "INTO core_" not in sql
        and "UPDATE core_" not in sql
    ]


def test_opening_costs_two_and_a_capture_two(ada: str, card: str) -> None:
    with CaptureQueriesContext(connection) as opening:
        payment = open_payment(ada)
    with CaptureQueriesContext(connection) as settling:
        use(
            "payment.record_outcome",
            payment_id=payment.public_id,
            outcome=succeeded(reference="r"),
            served_by="SUB-000001",
        )

    # One of the first three is the test reading its payment afresh.
    assert len(ours(opening)) == 3
    assert len(ours(settling)) == 2


def test_opening_a_paid_key_again_costs_three(ada: str, card: str) -> None:
    payment = make_captured(ada)
    with CaptureQueriesContext(connection) as opening:
        open_payment(ada, key=payment.key)

    assert len(ours(opening)) == 4
