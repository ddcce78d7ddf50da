"""What customers do with what is theirs; who they are comes from the context, never from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from apps.crm import operations as crm
from apps.crm import queries as people
from apps.crm.models import Case, CaseState
from apps.payments import operations as payments
from apps.rating import queries as usage
from apps.selfserve import queries, rules
from apps.subscription import operations as subscription
from apps.subscription import policies as lines
from apps.subscription.models import Subscription, TopUp
from apps.subscription.queries import lines_of, subscription_view
from bss.core.operations import operation
from bss.core.owners import acting_customer, require_own

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Transcript = Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
Limit = Annotated[int, Field(ge=1, le=500)]


def require_own_line(subscription_id: str) -> str:
    """The id of a line of the customer who acts; another's does not exist."""
    acting_customer()
    line: Subscription = Subscription.objects.get_by_id(subscription_id)
    require_own("subscription", line.owner, subscription_id)
    return line.public_id


@operation("customer.get_mine", effect="read", roles="customer")
def get_mine() -> dict[str, Any]:
    """Show who the customer is and how they are reached."""
    return people.customer_view(acting_customer())


@operation("payment.method_list_mine", effect="read", roles="customer")
def list_my_methods() -> list[dict[str, Any]]:
    """List the cards the customer has on file, oldest first."""
    return payments.list_methods(customer_id=acting_customer())


@operation("payment.charge_history_mine", effect="read", roles="customer")
def list_my_charges(*, limit: Limit = 20) -> list[dict[str, Any]]:
    """List what the customer was charged or was to be charged, newest first."""
    return payments.list_payments(customer_id=acting_customer(), limit=limit)


@operation("subscription.list_mine", effect="read", roles="customer")
def list_my_lines() -> list[dict[str, Any]]:
    """List the customer's lines with what each costs now, oldest first."""
    return [queries.with_charge(line) for line in lines_of(acting_customer())]


@operation("subscription.get_mine", effect="read", roles="customer")
def get_my_line(*, subscription_id: str) -> dict[str, Any]:
    """Show a line of the customer with its balances."""
    return subscription.get(subscription_id=require_own_line(subscription_id))


@operation("subscription.get_balance_mine", effect="read", roles="customer")
def get_my_balance(*, subscription_id: str) -> list[dict[str, Any]]:
    """Show what a line of the customer was granted, has used and has left of each kind."""
    return subscription.get_balance(subscription_id=require_own_line(subscription_id))


@operation("subscription.get_lpa_mine", effect="read", roles="customer")
def get_my_activation(*, subscription_id: str) -> dict[str, Any]:
    """Show the code with which the customer puts the eSIM of their line on a device."""
    return subscription.get_esim_activation(subscription_id=require_own_line(subscription_id))


@operation("subscription.schedule_plan_change_mine", roles="customer", result=subscription_view)
def schedule_my_plan_change(*, subscription_id: str, new_offering_id: str) -> Subscription:
    """Let a line of the customer begin its next period under another plan."""
    line = require_own_line(subscription_id)
    return subscription.schedule_plan_change(subscription_id=line, new_offering_id=new_offering_id)


@operation(
    "subscription.cancel_pending_plan_change_mine", roles="customer", result=subscription_view
)
def cancel_my_plan_change(*, subscription_id: str) -> Subscription:
    """Let a line of the customer keep its plan; nothing happens when no change is pending."""
    return subscription.cancel_pending_plan_change(
        subscription_id=require_own_line(subscription_id)
    )


@operation(
    "subscription.terminate_mine", effect="destructive", roles="customer", result=subscription_view
)
def terminate_my_line(*, subscription_id: str) -> Subscription:
    """End a line of the customer for good; what is left of its bundle and its number are lost."""
    line = require_own_line(subscription_id)
    return subscription.terminate(subscription_id=line, reason="The customer ended it.")


@operation("vas.purchase_for_me", effect="charge", roles="customer", result=lines.bought_line)
def purchase_for_me(*, subscription_id: str, vas_offering_id: str) -> TopUp:
    """Charge a top-up to the customer's card and add it to their line once it is paid."""
    line = require_own_line(subscription_id)
    return subscription.purchase_vas(subscription_id=line, vas_offering_id=vas_offering_id)


@operation("usage.history_mine", effect="read", roles="customer")
def list_my_usage(
    *,
    subscription_id: str | None = None,
    event_type: str | None = None,
    since: datetime | None = None,
    limit: Limit = 100,
) -> list[dict[str, Any]]:
    """List what the customer's lines used, or one of them, newest first."""
    me = acting_customer()
    wanted = None if subscription_id is None else require_own_line(subscription_id)
    return usage.history(
        subscription_id=wanted,
        customer_id=me,
        event_type=event_type,
        since=since,
        limit=limit,
    )


@operation("case.list_for_me", effect="read", roles="customer")
def list_my_cases(*, state: CaseState | None = None) -> list[dict[str, Any]]:
    """List the newest cases of the customer with what was answered."""
    found = crm.list_cases(customer_id=acting_customer(), state=state)
    return [queries.without_internal_notes(case) for case in found]


@operation("case.open_for_me", roles="customer", result=queries.own_case)
def open_my_case(
    *,
    category: rules.Concern,
    subject: Subject,
    description: Words,
    transcript: Transcript | None = None,
) -> Case:
    """Put a concern of the customer before the people who look after them.

    A `transcript` is kept with the case: what was said in the chat that led to it.
    """
    me = acting_customer()
    kind, priority = rules.CASES[category]
    kept = crm.store_transcript(customer_id=me, body=transcript) if transcript else None
    return crm.open_case(
        customer_id=me,
        subject=subject,
        category=kind,
        priority=priority,
        description=f"[{category}] {description}",
        chat_transcript_hash=kept.hash if kept else None,
    )
