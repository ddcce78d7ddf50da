"""What must always be true of lines, their grants and their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from apps.subscription.models import Subscription
from bss.core.ids import parse_id
from bss.core.invariants import invariant, touched_since

# What `{touched}` in a query stands for. Behind an OR of both the planner would read whole tables
# every minute.
LATELY, EVER = "= ANY(%(lines)s)", "IS NOT NULL"


def rows(sql: str, since: datetime | None) -> Iterable[dict[str, Any]]:
    """What a query finds, as dictionaries: among lines touched since a moment, or among all."""
    with connection.cursor() as cursor:
        if since is None:
            cursor.execute(sql.format(touched=EVER))
        else:
            cursor.execute(sql.format(touched=LATELY), {"lines": lines_touched(since)})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def lines_touched(since: datetime) -> list[int]:
    """Lines that something happened to lately."""
    begin = f"{Subscription.PREFIX}-"
    words = [word for word in touched_since(since) if word.startswith(begin)]
    return [parse_id(word, Subscription.PREFIX) for word in words]


@invariant(
    "subscription.grants_balance",
    "granted = used + left + expired + transferred + revoked, and all that was used is counted",
)
def grants_balance(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Line and kind whose grants do not add up to what the bucket counted."""
    return rows(
        """
        SELECT coalesce(b.subscription_id, g.subscription_id) AS subscription,
            coalesce(b.kind, g.kind) AS kind, b.used, b.overshoot, g.used AS from_grants,
            g.unclosed
        FROM (SELECT * FROM subscription_bucket WHERE subscription_id {touched}) b
        FULL JOIN (
            SELECT subscription_id, kind, sum(used) AS used, count(*) FILTER (
                WHERE total >= 0 AND closed_at IS NOT NULL
                    AND used + expired + transferred + revoked <> total) AS unclosed
            FROM subscription_grant WHERE subscription_id {touched}
            GROUP BY subscription_id, kind
        ) g USING (subscription_id, kind)
        WHERE coalesce(b.used, 0) - coalesce(b.overshoot, 0) <> coalesce(g.used, 0)
            OR coalesce(g.unclosed, 0) > 0
        """,
        since,
    )


@invariant(
    "subscription.one_line_per_number_and_esim",
    "every number and every eSIM is on at most one live line, and a live line has both",
)
def one_line_each(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Numbers or eSIMs on two live lines, and live lines without one."""
    return rows(
        """
        WITH live AS NOT MATERIALIZED (
            SELECT id, msisdn, iccid FROM subscription_subscription
            WHERE state IN ('active', 'blocked', 'suspended')
        )
        SELECT 'number' AS what, msisdn AS which, array_agg(id) AS lines FROM live
        WHERE msisdn <> '' AND msisdn IN (SELECT msisdn FROM live WHERE id {touched})
        GROUP BY msisdn HAVING count(*) > 1
        UNION ALL
        SELECT 'esim', iccid, array_agg(id) FROM live
        WHERE iccid <> '' AND iccid IN (SELECT iccid FROM live WHERE id {touched})
        GROUP BY iccid HAVING count(*) > 1
        UNION ALL
        SELECT CASE msisdn WHEN '' THEN 'number' ELSE 'esim' END, '', array_agg(id) FROM live
        WHERE id {touched} AND (msisdn = '' OR iccid = '') GROUP BY 1
        """,
        since,
    )


@invariant(
    "subscription.number_history",
    "a live line holds its number now, and a line that ended holds none",
)
def number_history(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Lines whose number history says something else than their state."""
    return rows(
        """
        SELECT s.id AS subscription, s.state, s.msisdn FROM subscription_subscription s
        WHERE s.id {touched}
            AND (s.state IN ('active', 'blocked', 'suspended')) <> EXISTS (
            SELECT FROM subscription_numberassignment n
            WHERE n.subscription_id = s.id AND n.msisdn = s.msisdn AND upper_inf(n.valid)
                AND NOT isempty(n.valid))
        """,
        since,
    )


@invariant(
    "subscription.suspended_for_a_cause",
    "a line is suspended exactly while some cause holds it",
)
def suspended_for_a_cause(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Suspended lines that nothing holds, and held lines that are not suspended."""
    return rows(
        """
        SELECT s.id AS subscription, s.state FROM subscription_subscription s
        WHERE s.id {touched} AND (s.state = 'suspended') <> EXISTS (
            SELECT FROM subscription_suspension h
            WHERE h.subscription_id = s.id AND h.ended_at IS NULL)
        """,
        since,
    )


@invariant(
    "subscription.transferred_is_kept",
    "what left a grant is held by a reservation or reached another line, all of it",
)
def transferred_is_kept(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Line and kind from which something went that nobody has, or to which something else came."""
    return rows(
        """
        WITH gone AS (
            SELECT subscription_id, kind, sum(transferred) AS quantity,
                coalesce(sum(total) FILTER (WHERE starts_with(source, 'transfer/')), 0) AS received
            FROM subscription_grant WHERE subscription_id {touched} GROUP BY 1, 2
        ), kept AS (
            SELECT subscription_id, kind, sum(quantity) AS quantity
            FROM subscription_balancechange
            WHERE (action = 'transfer' OR state = 'held') AND subscription_id {touched}
            GROUP BY 1, 2
        ), sent AS (
            SELECT receiver_id AS subscription_id, kind, sum(quantity) AS quantity
            FROM subscription_balancechange
            WHERE receiver_id {touched} GROUP BY 1, 2
        )
        SELECT subscription_id AS subscription, kind, gone.quantity AS gone,
            kept.quantity AS kept, gone.received, sent.quantity AS sent
        FROM gone FULL JOIN kept USING (subscription_id, kind)
            FULL JOIN sent USING (subscription_id, kind)
        WHERE coalesce(gone.quantity, 0) <> coalesce(kept.quantity, 0)
            OR coalesce(gone.received, 0) <> coalesce(sent.quantity, 0)
        """,
        since,
    )


@invariant(
    "subscription.paid_once",
    "every paid period and top-up was granted once, and nothing was granted unpaid",
)
def paid_once(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Renewals and top-ups whose payment says something else than they do."""
    return rows(
        """
        SELECT k.key, k.state, p.state AS payment FROM (
            SELECT key, state FROM subscription_renewal WHERE subscription_id {touched}
            UNION ALL
            SELECT 'topup/TOP-' || lpad(id::text, greatest(6, length(id::text)), '0'), state
            FROM subscription_topup WHERE subscription_id {touched}
        ) k LEFT JOIN payments_payment p USING (key)
        WHERE (k.state IN ('granted', 'refunded')) <> (coalesce(p.state, '') = 'captured')
        """,
        since,
    )


@invariant(
    "subscription.resources_are_its_own",
    "in the pools the number and the eSIM of a live line are its own",
)
def resources_are_its_own(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Live lines whose number or eSIM belongs to somebody else, or to nobody."""
    return rows(
        """
        SELECT s.id AS subscription, s.msisdn, n.owner AS number_owner, s.iccid,
            e.owner AS esim_owner
        FROM subscription_subscription s
        CROSS JOIN LATERAL (
            SELECT 'SUB-' || lpad(s.id::text, greatest(6, length(s.id::text)), '0') AS public_id
        ) me
        LEFT JOIN provisioning_number n ON n.msisdn = s.msisdn AND n.state = 'assigned'
        LEFT JOIN provisioning_esimprofile e ON e.iccid = s.iccid
        WHERE s.state IN ('active', 'blocked', 'suspended') AND s.id {touched}
            AND (n.owner IS DISTINCT FROM me.public_id OR e.owner IS DISTINCT FROM me.public_id)
        """,
        since,
    )


@invariant(
    "subscription.second_esim_is_for_a_change",
    "a second eSIM is kept exactly for each change of device that is not over",
)
def second_esim_is_for_a_change(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Changes of device without the second eSIM they keep, or with one although they are over."""
    return rows(
        """
        SELECT d.id AS change, d.state, e.iccid FROM subscription_devicechange d
        LEFT JOIN provisioning_esimprofile e
            ON e.owner = 'DVC-' || lpad(d.id::text, greatest(6, length(d.id::text)), '0')
        WHERE d.subscription_id {touched}
            AND (d.state IN ('preparing', 'offered', 'switching', 'switched'))
                <> (e.id IS NOT NULL)
        """,
        since,
    )
