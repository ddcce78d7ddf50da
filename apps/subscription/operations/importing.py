"""Files of subscribers: each customer and line of the former books enters once, or is named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.db import connection
from pydantic import Field, StringConstraints

from apps.crm import operations as crm
from apps.payments import operations as payments
from apps.subscription import queries
from apps.subscription.events.imports import SubscribersImported
from apps.subscription.models import ImportedRecord
from apps.subscription.policies.imports import (
    NO_SUCH_DAY,
    digests,
    require_complete,
    require_rows,
    require_unchanged,
)
from apps.subscription.rules import imports
from bss.core import clock
from bss.core.csv_rows import Row
from bss.core.errors import BssError, PolicyViolation
from bss.core.events import publish
from bss.core.operations import attempt, operation
from bss.core.quantities import UNLIMITED

from .taking_over import FormerPlan, take_over

Csv = Annotated[str, StringConstraints(max_length=2_000_000)]
Above = Annotated[int, Field(ge=0, le=100_000_000)]
Kind = ImportedRecord.Kind


@operation("subscriber.import_csv", roles="supervisor engineer")
def import_csv(*, text: Csv, above: Above = 0) -> dict[str, Any]:
    """Take over customers and lines of the former books; a repeat adds what is missing.

    Each row is a line with its customer, or a customer alone. A row that cannot be used is told
    with its line, its column and what helps, and left out whole; the others are taken over. Of a
    longer file `above` lines stand between its header and this part.
    """
    rows = require_rows(text, above)
    faults = [told for row in rows if (told := row.judged(imports.COLUMNS))]
    wrong = {fault["line"] for fault in faults}
    good = [row for row in rows if row.line not in wrong]
    claims = Claims(good)
    counts = {"imported": 0, "skipped": 0}
    for row in good:
        try:
            with attempt():
                counts["imported" if bring(row, claims) else "skipped"] += 1
        except BssError as refusal:
            claims.forget(row)
            faults.append(fault_of(row, refusal))
    claims.settle()
    faults.sort(key=lambda fault: fault["line"])
    told = {"rows": len(rows), **counts, "refused": len(faults)}
    part = hashlib.sha256(text.encode()).hexdigest()[:16]
    publish(
        SubscribersImported(part=part, **told),
        aggregate=f"IMPORT-{part}",
        summary=f"{counts['imported']} of {len(rows)} rows of subscribers were taken over",
    )
    return {**told, "errors": faults}


@dataclass
class Claims:
    """Which customers and lines of a part are new, known from before, or done just now."""

    rows: list[Row]
    known: dict[tuple[str, str], ImportedRecord] = field(default_factory=dict)
    fresh: set[tuple[str, str]] = field(default_factory=set)
    done: dict[tuple[str, str], str] = field(default_factory=dict)
    plans: dict[tuple[str, str | None], FormerPlan] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(queries.zone()))

    def __post_init__(self) -> None:
        wanted: dict[tuple[str, str], str] = {}
        for row in self.rows:
            for key, columns in keys_of(row).items():
                wanted.setdefault(key, digests(row, columns)[0])
        self.fresh = claim(wanted)
        for kind in Kind.values:
            names = [name for one, name in wanted if one == kind]
            for record in ImportedRecord.objects.filter(kind=kind, reference__in=names):
                self.known[kind, record.reference] = record

    def plan(self, offering_id: str, price_id: str | None) -> FormerPlan:
        """A plan, read once for the whole part."""
        if (offering_id, price_id) not in self.plans:
            self.plans[offering_id, price_id] = FormerPlan.of(offering_id, price_id)
        return self.plans[offering_id, price_id]

    def public_id(self, key: tuple[str, str], row: Row, columns: imports.Columns) -> str:
        """What a record of the former books is here; empty when it is still to be made."""
        record = self.known[key]
        require_unchanged(key[1], record.digest, digests(row, columns))
        return self.done.get(key) or ("" if key in self.fresh else record.public_id)

    def forget(self, row: Row) -> None:
        """What a row made did not last."""
        for key in keys_of(row):
            if self.done.pop(key, ""):
                self.known[key].public_id = ""

    def settle(self) -> None:
        """Write down what became of what was claimed; what was not used may come again."""
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, columns_of(self.done))
        left = [self.known[key].pk for key in self.fresh if key not in self.done]
        ImportedRecord.objects.filter(pk__in=left).delete()


# A part that is sent twice at once waits here for the other; both take rows in the same order.
_CLAIM = """
INSERT INTO subscription_importedrecord (kind, reference, digest, public_id)
SELECT kind, reference, digest, '' FROM unnest(%s::text[], %s::text[], %s::text[])
    AS wanted(kind, reference, digest)
ORDER BY kind, reference ON CONFLICT (kind, reference) DO NOTHING RETURNING kind, reference
"""
_SETTLE = """
UPDATE subscription_importedrecord r SET public_id = made.public_id
FROM unnest(%s::text[], %s::text[], %s::text[]) AS made(kind, reference, public_id)
WHERE r.kind = made.kind AND r.reference = made.reference
"""


def claim(wanted: dict[tuple[str, str], str]) -> set[tuple[str, str]]:
    """Reserve what nobody has imported yet; the keys of that."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, columns_of(wanted))
        return set(cursor.fetchall())


def columns_of(named: dict[tuple[str, str], str]) -> list[list[str]]:
    """Records and what is said of each, as one array a column."""
    kinds = [kind for kind, _ in named]
    return [kinds, [reference for _, reference in named], list(named.values())]


def keys_of(row: Row) -> dict[tuple[str, str], imports.Columns]:
    """The records a row speaks of, and the columns that tell about each."""
    keys: dict[tuple[str, str], imports.Columns] = {
        (str(Kind.CUSTOMER), row.values["customer_reference"]): imports.CUSTOMER
    }
    if line := row.values["line_reference"]:
        keys[str(Kind.LINE), line] = imports.WHOSE_LINE
    return keys


def bring(row: Row, claims: Claims) -> bool:
    """Take over what a row tells; false when all of it was there."""
    require_complete(row)
    found = {}
    for key, columns in keys_of(row).items():
        found[key] = claims.public_id(key, row, columns)
    if all(found.values()):
        return False
    customer_key, *line_keys = found
    customer_id = found[customer_key]
    if not customer_id:
        customer_id = claims.done[customer_key] = bring_customer(row)
    for key in line_keys:
        assert not found[key], "a line that is known names a customer that is known"
        claims.done[key] = bring_line(row, customer_id, claims)
    return True


def bring_customer(row: Row) -> str:
    """The public id of a customer of the former books, with their card."""
    values = row.values
    proven = values["verified_on"]
    customer = crm.take_over(
        reference=values["customer_reference"],
        name=values["name"],
        email=values["email"] or None,
        phone=values["phone"] or None,
        date_of_birth=day(row, "date_of_birth"),
        proof={
            "verified_on": day(row, "verified_on") or date.max,
            "document_type": values["document_type"],
            "document_number": values["document_number"],
            "document_country": values["document_country"],
            "nationality": values["nationality"],
        }
        if proven
        else None,
    )
    if values["card_token"]:
        payments.take_over_card(
            customer_id=customer.public_id,
            token=values["card_token"],
            payer=values["card_payer"],
            brand=values["card_brand"],
            last4=values["card_last4"],
            exp_month=int(values["card_exp_month"]),
            exp_year=int(values["card_exp_year"]),
        )
    return customer.public_id


def bring_line(row: Row, customer_id: str, claims: Claims) -> str:
    """The public id of a line of the former books."""
    values = row.values
    line = take_over(
        customer_id=customer_id,
        reference=values["line_reference"],
        plan=claims.plan(values["offering"], values["price"] or None),
        msisdn=values["msisdn"],
        iccid=values["iccid"],
        activated_at=moment(row, "activated_on", claims.zone),
        paid_until=moment(row, "paid_until", claims.zone) or clock.now(),
        nickname=values["nickname"],
        left={
            kind: UNLIMITED if values[column] == "unlimited" else int(values[column])
            for kind, column in imports.BALANCES.items()
            if values[column]
        },
    )
    return line.public_id


def day(row: Row, column: str) -> date | None:
    """A day that a row names, nothing when it names none."""
    text = row.values[column]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NO_SUCH_DAY(column=column, value=text) from None


def moment(row: Row, column: str, zone: ZoneInfo) -> datetime | None:
    """A moment that a row names, nothing when it names none; without an offset it is in a zone."""
    if not (text := row.values[column]):
        return None
    try:
        named = datetime.fromisoformat(text)
    except ValueError:
        raise NO_SUCH_DAY(column=column, value=text) from None
    local = named if named.tzinfo else named.replace(tzinfo=zone)
    return local.astimezone(UTC)


def fault_of(row: Row, refusal: BssError) -> dict[str, Any]:
    """Where a row was refused, why, and what helps."""
    name = refusal.rule if isinstance(refusal, PolicyViolation) else refusal.code
    column, help = imports.ADVICE.get(name, ("customer_reference", "correct the row"))
    column = str(refusal.context.get("column") or column)
    return row.fault(column, f"{refusal.message} What helps: {help}, then import the file again.")
