"""Lines: what a customer pays for, what is left of it, and what can be done about it."""

from apps.cockpit.console.cells import (
    data_bar,
    data_used,
    day,
    due,
    ident,
    linked,
    moment,
    money,
    number,
    phrase,
    state,
    text,
)
from apps.cockpit.console.screen import (
    Column,
    Listing,
    Page,
    Row,
    Rows,
    Screen,
    Section,
    Verb,
    by_field,
    can,
    in_state,
    show,
)
from apps.cockpit.rules.words import REASONS, amount_of, grouped
from apps.subscription import queries
from apps.subscription.models import Subscription

ME = {"subscription_id": "id"}
SUBJECT = {"subscription_id": "subject"}
LIVE = in_state("active", "blocked", "suspended")
LIFE = Subscription.LIFECYCLE


def find(rows: Rows, words: str) -> Rows:
    """Lines by the beginning of their number, or by id."""
    if words.upper().startswith("SUB-"):
        return rows.filter(pk=int("0" + "".join(filter(str.isdigit, words))[:18]))
    return rows.filter(msisdn__startswith="".join(filter(str.isdigit, words)) or "-")


def note(row: Row) -> str:
    """Why it does not work, or what is about to happen."""
    if row["state"] == "blocked":
        reason = str(row["stateReason"] or "exhausted")
        return f"Blocked: {REASONS.get(reason, reason.replace('_', ' '))}."
    if row["pendingOfferingId"]:
        return f"Changes to {row['pendingOfferingId']} at the next renewal."
    return "Ends with this period." if row["endsAt"] else ""


def quantity(row: Row) -> str:
    """A quantity in the unit people use."""
    kind = str(row.get("allowanceType") or row.get("eventType"))
    size, unit = float(row["quantity"]), str(row.get("unit") or "")
    return amount_of(kind, size) if unit in ("mb", "minutes", "count") else f"{size:,.0f} {unit}"


buckets = Section(
    name="buckets",
    title="Bundle",
    read="subscription.get_balance",
    args=SUBJECT,
    template="cockpit/_buckets.html",
    verbs=(
        Verb("bucket.adjust", "Correct", SUBJECT),
        Verb("bucket.transfer", "Transfer", SUBJECT),
    ),
)
esim = Section(
    name="esim",
    title="eSIM",
    read="subscription.get_esim_activation",
    args=SUBJECT,
    template="cockpit/_esim.html",
    pick=lambda answer: {**answer, "code": answer["activationCode"]},
    verbs=(Verb("subscription.change_device", "Move to another device", SUBJECT),),
)
usage = Section(
    name="usage",
    title="Latest usage",
    read="usage.history",
    args=SUBJECT,
    fixed={"limit": 12},
    empty="Nothing used yet.",
    columns=(
        Column("When", "eventTime", moment),
        Column("Kind", "eventType", phrase),
        Column("Quantity", quantity, text, right=True),
        Column("Counted on", "allowanceType", phrase),
        Column("Refused", "processingError", text),
    ),
)
services = Section(
    name="services",
    title="Services in the network",
    read="service.list_for_subscription",
    args=SUBJECT,
    empty="No service: the order has not reached the network.",
    columns=(
        Column("Service", "id", text),
        Column("Specification", "specId", text),
        Column("State", "state", state),
    ),
)
changes = Section(
    name="changes",
    title="Hands in the bundle",
    read="bucket.list_changes",
    args=SUBJECT,
    empty="Nobody corrected, moved or reserved anything.",
    columns=(
        Column("What", "action", phrase),
        Column("Quantity", quantity, text, right=True),
        Column("State", "state", state),
        Column("Why", "reason", text),
        Column("By", "madeBy", text),
        Column("When", "madeAt", moment),
    ),
)
suspensions = Section(
    name="suspensions",
    title="Suspensions",
    read="subscription.list_suspensions",
    args=SUBJECT,
    empty="Never out of service by hand.",
    columns=(
        Column("Cause", "cause", phrase),
        Column("Since", "startedAt", moment),
        Column("Until", lambda row: row["endedAt"] or row["until"], moment),
        Column("Why", "reason", text),
    ),
)
events = Section(
    name="events",
    title="What happened",
    read="events.list",
    args={"aggregate_id": "subject"},
    fixed={"limit": 15},
    wide=True,
    columns=(
        Column("When", "occurredAt", moment),
        Column("Event", "eventType", text),
        Column("What", "summary", text),
        Column("By", "actor", text),
    ),
)

show(
    Screen(
        name="lines",
        title="Lines",
        group="People",
        prefix=Subscription.PREFIX,
        also="subscriptions products numbers bundle",
        listing=Listing(
            may="subscription.get",
            rows=Subscription.objects.listed,
            shapes=queries.views,
            find=find,
            hint="Number from its beginning, or id",
            empty="No line fits. Clear the filters, or sell a plan from a customer's page.",
            filters=(by_field("state", "State", ("active", "blocked", "suspended", "terminated")),),
            columns=(
                Column("Line", "id", ident),
                Column("Number", "msisdn", number),
                Column("Customer", "customerId", ident),
                Column("Plan", "offeringId", linked("offerings")),
                Column("State", "state", state),
                Column("Data used", data_used, data_bar),
                Column("Renews", "nextRenewalAt", day),
            ),
        ),
        page=Page(
            read="subscription.get",
            argument="subscription_id",
            title=lambda row: row["nickname"] or grouped(row["msisdn"]),
            note=note,
            facts=(
                Column("Id", "id", ident),
                Column("Customer", "customerId", ident),
                Column("Number", "msisdn", linked("numbers", grouped)),
                Column("Plan", "offeringId", linked("offerings")),
                Column("Price", "effectiveAmount", money),
                Column("Activated", "activatedAt", day),
                Column("Renews", "nextRenewalAt", due),
                Column("Order", "orderId", ident),
            ),
            verbs=(
                Verb(
                    "subscription.purchase_vas",
                    "Top up",
                    ME,
                    when=in_state("active", "blocked"),
                    first=True,
                ),
                Verb(
                    "subscription.renew_now", "Renew now", ME, when=in_state("blocked"), first=True
                ),
                Verb("subscription.schedule_plan_change", "Change plan", ME, when=LIVE, first=True),
                Verb(
                    "subscription.cancel_pending_plan_change",
                    "Keep the plan",
                    ME,
                    when=lambda row: bool(row["pendingOfferingId"]),
                    first=True,
                ),
                Verb("subscription.pause", "Pause", ME, when=in_state("active")),
                Verb("subscription.suspend", "Suspend", ME, when=can(LIFE, "suspend")),
                Verb("subscription.resume", "Resume", ME, when=in_state("suspended"), first=True),
                Verb("subscription.suspend_by_law", "Suspend by law", ME, when=LIVE),
                Verb(
                    "subscription.lift_lawful_suspension",
                    "Lift lawful suspension",
                    ME,
                    when=in_state("suspended"),
                ),
                Verb("subscription.rename", "Name it", ME, when=LIVE),
                Verb("subscription.terminate_at_period_end", "End with the period", ME, when=LIVE),
                Verb(
                    "subscription.cancel_termination",
                    "Do not end it",
                    ME,
                    when=lambda row: bool(row["endsAt"]),
                ),
                Verb("subscription.terminate", "Terminate now", ME, when=can(LIFE, "terminate")),
            ),
            sections=(buckets, esim, usage, services, suspensions, changes, events),
        ),
    )
)
