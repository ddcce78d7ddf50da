"""Answers that reach us by another way than the send that asked: webhooks, reports, people."""

from __future__ import annotations

from django.db import connection

from bss.core.calls import Outcome
from bss.core.invocation import lease_seconds, running, to_json
from bss.core.performing import CLAIMED_COLUMNS, claimed_call

_ANSWER = f"""
UPDATE core_call c SET state = 'answered', outcome = %(outcome)s, then_attempts = 0,
    run_at = statement_timestamp(), token = %(token)s,
    lease_until = CASE WHEN %(token)s::uuid IS NOT NULL
        THEN statement_timestamp() + %(lease)s * interval '1 s' END
WHERE gateway = %(gateway)s AND key = %(key)s AND outcome IS NULL
RETURNING {CLAIMED_COLUMNS}
"""  # noqa: S608


def answer_call(*, gateway: str, key: str, outcome: Outcome) -> bool:
    """Hand an outcome to the call that waits for it, which then runs its `then`; False if none.

    Whoever was asking at this moment loses the lease, so only one answer ever counts. A call that
    was discarded still takes it: that is how what waits for its outcome is settled by hand.
    """
    invocation = running()
    parameters = {
        "outcome": to_json(outcome.stored()),
        "token": invocation.token,
        "lease": lease_seconds(),
        "gateway": gateway,
        "key": key,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, parameters)
        found = cursor.fetchone()
    if found is not None:
        invocation.calls.append(claimed_call(found))
    return found is not None
