"""Customers, and everything about one."""

from apps.cockpit.console.cells import (
    contact,
    data_bar,
    data_used,
    day,
    ident,
    moment,
    money,
    number,
    phrase,
    state,
    strong,
    text,
    yes,
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
from apps.cockpit.rules.words import card_words, full_name
from apps.crm import queries
from apps.crm.models import Customer, CustomerState, KycStatus
from bss.core.errors import NotFound

ME = {"customer_id": "id"}
SUBJECT = {"customer_id": "subject"}


def find(rows: Rows, words: str) -> Rows:
    """What the search of every other door would find."""
    try:
        return rows.filter(queries.meant_by(words))
    except NotFound:
        return rows.none()


def note(row: Row) -> str:
    """What whoever picks up the phone must know first."""
    if row["status"] == "suspended":
        return f"Suspended: {row['statusReason'] or 'no reason given'}."
    return "" if row["kycStatus"] == "verified" else "Identity not proven: no order will pass."


lines = Section(
    name="lines",
    title="Lines",
    read="subscription.list_for_customer",
    args=SUBJECT,
    wide=True,
    empty="No line yet. An order makes one.",
    columns=(
        Column("Line", "id", ident),
        Column("Number", "msisdn", number),
        Column("Plan", "offeringId", text),
        Column("State", "state", state),
        Column("Data used", data_used, data_bar),
        Column("Price", "effectiveAmount", money, right=True),
        Column("Renews", "nextRenewalAt", day),
    ),
    verbs=(Verb("order.create", "Sell a plan", SUBJECT),),
    row_verbs=(
        Verb(
            "subscription.purchase_vas",
            "Top up",
            {"subscription_id": "id"},
            when=in_state("active", "blocked"),
        ),
    ),
)
orders = Section(
    name="orders",
    title="Orders",
    read="order.list",
    args=SUBJECT,
    fixed={"limit": 10},
    empty="Nothing ordered.",
    columns=(
        Column("Order", "id", ident),
        Column("Plan", lambda row: row["items"][0]["offeringId"], text),
        Column("State", "state", state),
        Column("Placed", "orderDate", moment),
    ),
)
payments = Section(
    name="payments",
    title="Payments",
    read="payment.list",
    args=SUBJECT,
    fixed={"limit": 10},
    empty="Nothing paid.",
    columns=(
        Column("Payment", "id", ident),
        Column("For", "purpose", phrase),
        Column("Amount", "amount", money, right=True),
        Column("State", "state", state),
        Column("At", "attemptedAt", moment),
    ),
)
cards = Section(
    name="cards",
    title="Cards on file",
    read="payment.list_methods",
    args=SUBJECT,
    empty="No card on file: nothing can be sold.",
    columns=(
        Column("Card", card_words, strong),
        Column("State", "status", state),
        Column("Default", "isDefault", yes),
    ),
    verbs=(Verb("payment.add_card", "Add a card", SUBJECT),),
    row_verbs=(
        Verb(
            "payment.set_default",
            "Make default",
            {"method_id": "id"},
            when=lambda row: not row["isDefault"] and row["status"] == "active",
        ),
        Verb("payment.remove_method", "Remove", {"method_id": "id"}),
    ),
)
cases = Section(
    name="cases",
    title="Cases",
    read="case.list",
    args=SUBJECT,
    fixed={"limit": 10},
    empty="No case. Open one when something needs work.",
    columns=(
        Column("Case", "id", ident),
        Column("Subject", "subject", text),
        Column("State", "state", state),
        Column("Due", "sla_due_at", moment),
    ),
    verbs=(Verb("case.open", "Open a case", SUBJECT),),
)
timeline = Section(
    name="timeline",
    title="Timeline",
    read="interaction.list",
    args=SUBJECT,
    fixed={"limit": 15},
    empty="Nothing happened yet.",
    columns=(
        Column("When", "occurredAt", moment),
        Column("Through", "channel", phrase),
        Column("What", "summary", text),
    ),
    verbs=(Verb("interaction.log", "Log a call", SUBJECT),),
    wide=True,
)
contacts = Section(
    name="contacts",
    title="Ways to reach them",
    read="customer.contact_history",
    args=SUBJECT,
    columns=(
        Column("Kind", "mediumType", phrase),
        Column("Where", "value", strong),
        Column("Verified", "verifiedAt", day),
        Column("Until", "validTo", day),
    ),
    verbs=(
        Verb("customer.add_contact_medium", "Add", SUBJECT),
        Verb("customer.request_email_change", "Change e-mail", SUBJECT),
    ),
    row_verbs=(
        Verb(
            "customer.remove_contact_medium",
            "Remove",
            {"customer_id": "subject", "medium_id": "id"},
            when=lambda row: not row["validTo"],
        ),
    ),
)
kyc = Section(
    name="identity",
    title="Identity",
    read="customer.get_kyc_status",
    args=SUBJECT,
    pick=lambda answer: [answer],
    columns=(
        Column("State", "kyc_status", state),
        Column("Through", "kyc_verification_method", text),
        Column("Verified", "kyc_verified_at", day),
        Column("Until", "kyc_expires_at", day),
    ),
    verbs=(Verb("customer.attest_kyc", "Attest identity", SUBJECT),),
)
promotions = Section(
    name="promotions",
    title="Promotions",
    read="promo.list_for_customer",
    args=SUBJECT,
    empty="None assigned.",
    columns=(
        Column("Promotion", lambda row: row.get("promotionId") or row.get("id"), text),
        Column("State", lambda row: row.get("state") or row.get("status"), state),
    ),
)
letters = Section(
    name="letters",
    title="Letters",
    read="notification.list",
    args=SUBJECT,
    fixed={"limit": 10},
    empty="No letter was written.",
    columns=(
        Column("Subject", "subject", text),
        Column("State", "state", state),
        Column("At", "createdAt", moment),
    ),
)

show(
    Screen(
        name="customers",
        title="Customers",
        group="People",
        prefix=Customer.PREFIX,
        also="people subscribers accounts 360",
        listing=Listing(
            may="customer.list",
            rows=queries.customers,
            shapes=lambda rows: [queries.customer_shape(row) for row in rows],
            find=find,
            hint="Name, e-mail, phone or id",
            empty="No customer fits. Clear the filters, or create the customer.",
            filters=(
                by_field("state", "State", CustomerState.values),
                by_field("identity", "Identity", KycStatus.values, at="kyc_status"),
            ),
            columns=(
                Column("Customer", "id", ident),
                Column("Name", full_name, strong),
                Column("State", "status", state),
                Column("Identity", "kycStatus", state),
                Column("E-mail", contact("email"), text),
                Column("Mobile", contact("mobile"), number),
                Column("Since", "customerSince", day),
            ),
            verbs=(Verb("customer.create", "New customer", first=True),),
        ),
        page=Page(
            read="customer.get",
            argument="customer_id",
            title=lambda row: full_name(row) or str(row["id"]),
            state="status",
            note=note,
            facts=(
                Column("Id", "id", ident),
                Column("Identity", "kycStatus", state),
                Column("E-mail", contact("email"), text),
                Column("Mobile", contact("mobile"), number),
                Column("Since", "customerSince", day),
            ),
            verbs=(
                Verb(
                    "order.create",
                    "Sell a plan",
                    ME,
                    when=in_state("active", key="status"),
                    first=True,
                ),
                Verb("case.open", "Open a case", ME, first=True),
                Verb("interaction.log", "Log a call", ME, first=True),
                Verb("customer.update", "Edit name", ME),
                Verb(
                    "customer.suspend",
                    "Suspend",
                    ME,
                    when=can(Customer.LIFECYCLE, "suspend", "status"),
                ),
                Verb(
                    "customer.resume",
                    "Resume",
                    ME,
                    when=can(Customer.LIFECYCLE, "resume", "status"),
                ),
                Verb(
                    "customer.close",
                    "Close the account",
                    ME,
                    when=can(Customer.LIFECYCLE, "close", "status"),
                ),
            ),
            sections=(
                lines,
                orders,
                payments,
                cards,
                cases,
                contacts,
                kyc,
                promotions,
                letters,
                timeline,
            ),
        ),
    )
)
