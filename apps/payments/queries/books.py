"""The ledger, summed up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from bss.core.models import OperatorProfile
from bss.core.money import money_text

_BALANCES = """
SELECT account, coalesce(sum(amount) FILTER (WHERE at < %(since)s), 0),
    coalesce(sum(amount) FILTER (WHERE at >= %(since)s AND amount > 0), 0),
    coalesce(-sum(amount) FILTER (WHERE at >= %(since)s AND amount < 0), 0)
FROM payments_ledgerentry WHERE at < %(until)s GROUP BY account ORDER BY account
"""


def trial_balance(since: datetime, until: datetime) -> dict[str, Any]:
    """Every account before, within and after a period; each column of balances sums to zero."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"since": since, "until": until})
        rows = [(account, *map(int, sums)) for account, *sums in cursor.fetchall()]
    total = sum(before + debits - credits for _, before, debits, credits in rows)
    return {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "currency": OperatorProfile.load().currency,
        "accounts": [
            {
                "account": account,
                "opening": money_text(before),
                "debits": money_text(debits),
                "credits": money_text(credits),
                "closing": money_text(before + debits - credits),
            }
            for account, before, debits, credits in rows
        ],
        "sum": money_text(total),
        "balanced": total == 0,
    }
