"""Numbers, eSIMs, what the network is asked to do, and what is broken on purpose."""

from apps.cockpit.console.cells import (
    count,
    day,
    ident,
    linked,
    moment,
    number,
    phrase,
    state,
    text,
)
from apps.cockpit.console.screen import (
    Column,
    Listing,
    Page,
    Rows,
    Screen,
    Section,
    Verb,
    by_field,
    in_state,
    show,
)
from apps.cockpit.rules.words import grouped
from apps.provisioning import queries
from apps.provisioning.models import EsimProfile, Number, ProvisioningTask


def digits(words: str) -> str:
    """The digits in what was typed."""
    return "".join(filter(str.isdigit, words)) or "-"


def by_number(rows: Rows, words: str) -> Rows:
    """Numbers from their beginning."""
    return rows.filter(msisdn__startswith=digits(words))


def by_iccid(rows: Rows, words: str) -> Rows:
    """Profiles from the beginning of their ICCID."""
    return rows.filter(iccid__startswith=digits(words))


def by_task(rows: Rows, words: str) -> Rows:
    """Tasks by id."""
    return rows.filter(pk=int(digits(words)[:18].strip("-") or 0))


def tasks() -> Rows:
    """Tasks with their service orders."""
    return ProvisioningTask.objects.select_related("service_order")


HELD = lambda row: row["status"] == "reserved" and str(row["reserved_for"]).startswith("CUST-")  # noqa: E731

show(
    Screen(
        name="numbers",
        title="Numbers",
        group="Network",
        also="msisdn pool inventory",
        listing=Listing(
            may="inventory.msisdn.get",
            rows=Number.objects.all,
            shapes=lambda rows: [queries.show_number(row) for row in rows],
            find=by_number,
            hint="Number from its beginning",
            key="msisdn",
            newest_first=False,
            filters=(by_field("state", "State", Number.State.values),),
            columns=(
                Column("Number", "msisdn", linked("numbers", grouped)),
                Column("State", "status", state),
                Column("Line", "assigned_to_subscription_id", ident),
                Column("Reserved for", "reserved_for", ident),
                Column("Until", "reserved_until", moment),
                Column("Quarantine until", "quarantine_until", day),
            ),
            verbs=(
                Verb("inventory.msisdn.add_range", "Add a range", first=True),
                Verb("inventory.msisdn.import_csv", "Import"),
            ),
        ),
        page=Page(
            read="inventory.msisdn.get",
            argument="msisdn",
            title=lambda row: grouped(row["msisdn"]),
            state="status",
            facts=(
                Column("Number", "msisdn", number),
                Column("Line", "assigned_to_subscription_id", ident),
                Column("Reserved for", "reserved_for", ident),
                Column("Until", "reserved_until", moment),
                Column("Locked", "locked_at", moment),
            ),
            verbs=(
                Verb(
                    "inventory.msisdn.hold",
                    "Hold for a customer",
                    {"msisdn": "msisdn"},
                    when=in_state("available", key="status"),
                    first=True,
                ),
                Verb(
                    "inventory.msisdn.release_hold",
                    "Let go",
                    {"msisdn": "msisdn", "customer_id": "reserved_for"},
                    when=HELD,
                    first=True,
                ),
                Verb(
                    "inventory.msisdn.lock",
                    "Lock",
                    {"msisdn": "msisdn"},
                    when=lambda row: row["status"] == "assigned" and not row["locked_at"],
                ),
                Verb(
                    "inventory.msisdn.unlock",
                    "Unlock",
                    {"msisdn": "msisdn"},
                    when=lambda row: bool(row["locked_at"]),
                ),
            ),
            sections=(
                Section(
                    name="events",
                    title="What happened",
                    read="events.list",
                    args={"aggregate_id": "subject"},
                    columns=(
                        Column("When", "occurredAt", moment),
                        Column("Event", "eventType", text),
                        Column("What", "summary", text),
                    ),
                    wide=True,
                ),
            ),
        ),
    )
)
show(
    Screen(
        name="esims",
        title="eSIMs",
        group="Network",
        also="iccid profiles sim cards",
        listing=Listing(
            may="inventory.esim.get",
            rows=EsimProfile.objects.all,
            shapes=lambda rows: [queries.show_esim(row) for row in rows],
            find=by_iccid,
            hint="ICCID from its beginning",
            key="iccid",
            newest_first=False,
            filters=(by_field("state", "State", EsimProfile.State.values),),
            columns=(
                Column("ICCID", "iccid", linked("esims", grouped)),
                Column("State", "profile_state", state),
                Column("Number", "assigned_msisdn", number),
                Column("Line", "assigned_to_subscription_id", ident),
                Column("Downloaded", "downloaded_at", moment),
            ),
            verbs=(Verb("inventory.esim.import_csv", "Import", first=True),),
        ),
        page=Page(
            read="inventory.esim.get",
            argument="iccid",
            title=lambda row: grouped(row["iccid"]),
            state="profile_state",
            facts=(
                Column("ICCID", "iccid", number),
                Column("IMSI", "imsi", number),
                Column("Number", "assigned_msisdn", number),
                Column("Line", "assigned_to_subscription_id", ident),
                Column("SM-DP+", "smdp_server", text),
                Column("Downloaded", "downloaded_at", moment),
            ),
            verbs=(
                Verb(
                    "inventory.esim.redownload",
                    "Allow another download",
                    {"iccid": "iccid"},
                    when=lambda row: bool(row["assigned_to_subscription_id"]),
                    first=True,
                ),
            ),
            sections=(
                Section(
                    name="code",
                    title="Activation",
                    read="inventory.esim.get_activation",
                    args={"iccid": "subject"},
                    template="cockpit/_esim.html",
                    pick=lambda answer: {**answer, "code": answer["activation_code"], "imsi": ""},
                ),
            ),
        ),
    )
)
show(
    Screen(
        name="tasks",
        title="Network tasks",
        group="Network",
        prefix=ProvisioningTask.PREFIX,
        also="provisioning queue stuck faults",
        listing=Listing(
            may="provisioning.list_tasks",
            rows=tasks,
            shapes=lambda rows: [queries.show_task(row) for row in rows],
            find=by_task,
            hint="Task id",
            filters=(by_field("state", "State", ProvisioningTask.State.values),),
            columns=(
                Column("Task", "id", ident),
                Column("What", "taskType", phrase),
                Column("State", "state", state),
                Column("Tries", "attempts", count, right=True),
                Column("Service order", "serviceOrderId", text),
                Column("Trouble", "lastError", text),
                Column("Started", "startedAt", moment),
                Column("Done", "completedAt", moment),
            ),
            verbs=(Verb("provisioning.set_fault_injection", "Break something", first=True),),
        ),
        page=Page(
            read="provisioning.get_task",
            argument="task_id",
            title=lambda row: str(row["taskType"]).replace("_", " "),
            note=lambda row: str(row["lastError"] or ""),
            facts=(
                Column("Id", "id", ident),
                Column("Service", "serviceId", text),
                Column("Service order", "serviceOrderId", text),
                Column("Tries", "attempts", count),
                Column("Started", "startedAt", moment),
                Column("Done", "completedAt", moment),
            ),
            verbs=(
                Verb(
                    "provisioning.retry_failed",
                    "Retry",
                    {"task_id": "id"},
                    when=in_state("failed"),
                    first=True,
                ),
                Verb(
                    "provisioning.resolve_stuck",
                    "Resolve by hand",
                    {"task_id": "id"},
                    when=in_state("stuck"),
                    first=True,
                ),
            ),
        ),
    )
)
