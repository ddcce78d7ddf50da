"""Recipes for what customers do for themselves; whoever was made last is the one who acts."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from apps.crm.models import Customer
from apps.crm.tests.factories import make_customer
from bss.core import context, registry, roles
from bss.core.operations import run
from tests.previews.recipes import RECIPES, Args, recipe

CONCERN = {"category": "billing_dispute", "subject": "Paid twice", "description": "Look at May."}


def whoever_acts(name: str) -> AbstractContextManager[Any]:
    """The staff as tests trust it, or the customer whom the recipe made."""
    if registry.find(name).roles != roles.CUSTOMERS:
        return nullcontext()
    newest = Customer.objects.latest("id").public_id
    return context.acting(roles.as_customer(newest, "portal-self-serve"))


@recipe("case.open_for_me")
def case_open_for_me() -> Args:
    make_customer()
    return {**CONCERN, "transcript": "Customer: I paid twice in May."}


@recipe("vas.purchase_for_me")
def vas_purchase_for_me() -> Args:
    return RECIPES["subscription.purchase_vas"]()


@recipe("subscription.schedule_plan_change_mine")
def subscription_schedule_plan_change_mine() -> Args:
    return RECIPES["subscription.schedule_plan_change"]()


@recipe("subscription.cancel_pending_plan_change_mine")
def subscription_cancel_pending_plan_change_mine() -> Args:
    wanted = RECIPES["subscription.schedule_plan_change"]()
    run("subscription.schedule_plan_change", **wanted)
    return {"subscription_id": wanted["subscription_id"]}


@recipe("subscription.terminate_mine")
def subscription_terminate_mine() -> Args:
    return {"subscription_id": RECIPES["subscription.terminate"]()["subscription_id"]}
