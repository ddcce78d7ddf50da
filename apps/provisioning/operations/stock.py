"""Files of stock: what can be used is added, and what cannot is named line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from django.db import connection
from django.db.models import Q
from pydantic import StringConstraints

from apps.provisioning import policies, rules
from apps.provisioning.events import EsimsImported, NumbersImported
from apps.provisioning.models import EsimProfile
from apps.provisioning.models.esims import new_matching_id
from bss.core import clock
from bss.core.csv_rows import Row
from bss.core.events import publish
from bss.core.operations import operation

from .pools import calm_if_filled

Csv = Annotated[str, StringConstraints(max_length=4_000_000)]


@operation("inventory.msisdn.import_csv", roles="engineer supervisor")
def import_numbers(*, text: Csv) -> dict[str, Any]:
    """Add the numbers of a CSV file to the pool; sending the file again adds what is missing.

    The first line names the column `msisdn`. Lines that cannot be used are told and left out.
    """
    rows = policies.require_rows(text, rules.NUMBER_COLUMNS)
    faults = [told for row in rows if (told := row.judged(rules.NUMBER_COLUMNS))]
    wrong = {fault["line"] for fault in faults}
    good = [row.values["msisdn"] for row in rows if row.line not in wrong]
    told = counted(good, insert_listed(good))
    calm_if_filled("msisdn")
    publish(
        NumbersImported(**told),
        aggregate="POOL-msisdn",
        summary=f"{told['inserted']} numbers added from a file",
    )
    return {"rows": len(rows), **told, "errors": faults}


_INSERT = """
INSERT INTO provisioning_number
    (msisdn, state, state_reason, state_changed_at, owner, held_for)
SELECT DISTINCT msisdn, 'available', '', %s::timestamptz, '', '' FROM unnest(%s::text[]) AS msisdn
ORDER BY msisdn ON CONFLICT (msisdn) DO NOTHING
"""


def insert_listed(msisdns: list[str]) -> int:
    """Insert those of the numbers that are missing; how many those were."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [clock.now(), msisdns])
        return int(cursor.rowcount)


@operation("inventory.esim.import_csv", roles="engineer")
def import_profiles(*, text: Csv) -> dict[str, Any]:
    """Add the profiles of a CSV file to the pool; sending the file again adds what is missing.

    The first line names the columns `iccid`, `imsi`, `ki_ref` and `smdp_server`. Lines that
    cannot be used are told and left out.
    """
    rows = policies.require_rows(text, rules.ESIM_COLUMNS)
    fresh, known, faults = sorted_out(rows)
    insert_profiles(fresh)
    told = counted([row.values["iccid"] for row in fresh + known], len(fresh))
    calm_if_filled("esim")
    publish(
        EsimsImported(**told),
        aggregate="POOL-esim",
        summary=f"{told['inserted']} eSIM profiles added from a file",
    )
    return {"rows": len(rows), **told, "errors": faults}


def sorted_out(
    rows: list[Row],
) -> tuple[list[Row], list[Row], list[dict[str, Any]]]:
    """Rows that are new, rows that are known, and what is wrong with the others."""
    taken = known_profiles(rows)
    fresh, known, faults = list[Row](), list[Row](), list[dict[str, Any]]()
    for row in rows:
        if fault := row.judged(rules.ESIM_COLUMNS) or clash_of(row, taken):
            faults.append(fault)
        elif row.values["iccid"] in taken:
            known.append(row)
        else:
            fresh.append(row)
            iccid, imsi = row.values["iccid"], row.values["imsi"]
            taken |= {iccid: imsi, imsi: iccid}
    return fresh, known, faults


def known_profiles(rows: Iterable[Row]) -> dict[str, str]:
    """The IMSI of each ICCID that is known already, and the other way round."""
    pairs = [(row.values["iccid"], row.values["imsi"]) for row in rows]
    iccids, imsis = [iccid for iccid, _ in pairs], [imsi for _, imsi in pairs]
    known = EsimProfile.objects.filter(Q(iccid__in=iccids) | Q(imsi__in=imsis))
    found = list(known.values_list("iccid", "imsi"))
    return {**dict(found), **{imsi: iccid for iccid, imsi in found}}


def clash_of(row: Row, taken: dict[str, str]) -> dict[str, Any] | None:
    """Why a row contradicts what is known, if it does."""
    iccid, imsi = row.values["iccid"], row.values["imsi"]
    if taken.get(iccid, imsi) != imsi:
        return row.fault("iccid", f"{iccid} is known with another IMSI")
    if taken.get(imsi, iccid) != iccid:
        return row.fault("imsi", f"{imsi} belongs to another profile")
    return None


def insert_profiles(rows: list[Row]) -> None:
    """Insert profiles that were not there a moment ago."""
    EsimProfile.objects.bulk_create(
        [EsimProfile(**row.values, matching_id=new_matching_id()) for row in rows],
        ignore_conflicts=True,
    )


def counted(good: list[str], inserted: int) -> dict[str, Any]:
    """What an import came to, as its event tells it."""
    first, last = (min(good), max(good)) if good else ("", "")
    skipped = len(good) - inserted
    return {"inserted": inserted, "skipped": skipped, "first": first, "last": last}
