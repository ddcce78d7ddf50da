"""Recipes of what brings data in, takes it out, or forgets it."""

from __future__ import annotations

from typing import Any

from apps.crm.tests.factories import make_customer
from apps.subscription.tests.subscribers import a_file, subscriber
from bss.core import portable
from bss.core.operations import run
from tests.previews.recipes import plain, recipe, settle

Args = dict[str, Any]

plain("demo_data.seed")
plain("installation.export")


@recipe("demo_data.restore")
def demo_data_restore() -> Args:
    run("demo_data.seed")
    run("promo.exhaust", promotion_id="PROMO_DEMO_WELCOME")
    return {}


@recipe("demo_data.reset")
def demo_data_reset() -> Args:
    run("demo_data.seed")
    return {}


@recipe("subscriber.import_csv")
def subscriber_import_csv() -> Args:
    return {"text": a_file(subscriber(5), subscriber(6, offering="PLAN_X"))}


@recipe("customer.export_data")
def customer_export_data() -> Args:
    return {"customer_id": make_customer()}


@recipe("customer.erase")
def customer_erase() -> Args:
    customer = make_customer()
    run("customer.close", customer_id=customer)
    settle()
    return {"customer_id": customer}


@recipe("installation.receive")
def installation_receive() -> Args:
    return {"table": "crm_team", "lines": ['{"id": "TEAM-9", "name": "Night shift"}']}


@recipe("installation.restore")
def installation_restore() -> Args:
    rows = {}
    for table in portable.tables():
        found = list(portable.lines_of(table))
        run("installation.receive", table=table.name, lines=found)
        rows[table.name] = len(found)
    return {"rows": rows, "migrations": portable.schema(), "last_ids": portable.last_ids()}
