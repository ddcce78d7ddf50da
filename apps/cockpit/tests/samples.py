"""Answers of operations as they come, for cards."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from apps.cockpit.terminal.cards.frames import Sight

SIGHT = Sight(datetime(2026, 3, 12, 4, 0, tzinfo=UTC), ZoneInfo("Asia/Singapore"))
START, END = "2026-03-02T12:00:00+00:00", "2026-04-01T12:00:00+00:00"


def balance(kind, total, used, unit="mb"):
    return {
        "id": f"SUB-000001-{kind.upper()}",
        "subscriptionId": "SUB-000001",
        "allowanceType": kind,
        "total": total,
        "consumed": used,
        "remaining": -1 if total == -1 else total - used,
        "unit": unit,
        "periodStart": START,
        "periodEnd": END,
    }


def line(**changes):
    return {
        "id": "SUB-000001",
        "customerId": "CUST-000001",
        "offeringId": "PLAN_M",
        "msisdn": "90000005",
        "iccid": "8910101000000000056",
        "state": "active",
        "stateReason": None,
        "activatedAt": START,
        "currentPeriodStart": START,
        "currentPeriodEnd": END,
        "nextRenewalAt": END,
        "terminatedAt": None,
        "balances": [
            balance("data", 30720, 12595),
            balance("voice", -1, 42, "minutes"),
            balance("sms", -1, 0, "count"),
            balance("data_roaming", 500, 430),
        ],
        "priceAmount": "25.00",
        "priceCurrency": "SGD",
        "priceOfferingPriceId": "PRICE_PLAN_M",
        "pendingOfferingId": None,
        "pendingEffectiveAt": None,
        "effectiveAmount": "25.00",
        **changes,
    }


BLOCKED = line(
    offeringId="PLAN_S",
    state="blocked",
    stateReason="exhausted",
    pendingOfferingId="PLAN_L",
    pendingEffectiveAt=END,
    effectiveAmount="8.00",
    priceAmount="10.00",
    balances=[
        balance("data", 5120, 5120),
        balance("voice", 100, 84, "minutes"),
        balance("sms", 100, 3, "count"),
        balance("data_roaming", 0, 0),
    ],
)
UNKNOWN = line(
    unknownRenewal={
        "paymentId": "PAY-000007",
        "renewalOf": "2026-03-02",
        "amount": "10.00",
        "currency": "SGD",
        "since": "2026-03-02T12:01:00+00:00",
    }
)
ENDED = line(state="terminated", terminatedAt=END, nextRenewalAt=None, balances=[], iccid=None)


def price(price_id, amount, start=None, end=None):
    return {
        "id": price_id,
        "priceType": "recurring",
        "recurringChargePeriodLength": 30,
        "recurringChargePeriodType": "day",
        "price": {"taxIncludedAmount": {"value": amount, "unit": "SGD"}},
        "validFor": {"startDateTime": start, "endDateTime": end} if start or end else None,
    }


def plan(plan_id, name, amount, *quantities, prices=()):
    kinds = zip(("data", "voice", "sms", "data_roaming"), quantities, strict=True)
    return {
        "id": plan_id,
        "name": name,
        "isSellable": True,
        "lifecycleStatus": "active",
        "productOfferingPrice": [price(f"PRICE_{plan_id}", amount), *prices],
        "bundleAllowance": [
            {"allowanceType": kind, "quantity": quantity, "unit": "mb"} for kind, quantity in kinds
        ],
    }


PLANS = [
    plan("PLAN_L", "Max", 45.0, 153600, -1, -1, 2048),
    plan("PLAN_S", "Lite", 10.0, 5120, 100, 100, 0),
    plan("PLAN_M", "Standard", 25.0, 30720, -1, -1, 500,
         prices=[price("PRICE_M_SPRING", 20.0, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")]),
]  # fmt: skip
VAS = [
    {"id": "VAS_DATA_1GB", "name": "Data Top-Up 1GB", "priceAmount": "3.00", "currency": "SGD",
     "allowanceType": "data", "allowanceQuantity": 1024, "expiryHours": None},
    {"id": "VAS_UNLIMITED_DAY", "name": "Unlimited Data Day Pass", "priceAmount": "5.00",
     "currency": "SGD", "allowanceType": "data", "allowanceQuantity": -1, "expiryHours": 24},
    {"id": "VAS_ROAMING_1GB", "name": "Roaming Data 1GB", "priceAmount": "8.00", "currency": "SGD",
     "allowanceType": "data_roaming", "allowanceQuantity": 1024, "expiryHours": None},
]  # fmt: skip
METHOD = {
    "id": "PM-0001",
    "customerId": "CUST-000001",
    "cardSummary": {"brand": "visa", "last4": "4242", "expMonth": 9, "expYear": 2030},
    "isDefault": True,
    "status": "active",
    "createdAt": START,
}
CUSTOMER = {
    "id": "CUST-000001",
    "status": "active",
    "kycStatus": "verified",
    "customerSince": "2026-03-02T11:55:00+00:00",
    "individual": {"givenName": "Ada", "familyName": "Lovelace", "dateOfBirth": None},
    "contactMedium": [
        {"id": "CM-1", "mediumType": "email", "value": "ada@example.com", "validTo": None},
        {"id": "CM-2", "mediumType": "mobile", "value": "+65 9000 0005", "validTo": None},
        {"id": "CM-3", "mediumType": "mobile", "value": "+65 8000 0000", "validTo": START},
    ],
    "_extras": {
        "subscriptions": [line(), BLOCKED | {"id": "SUB-000002", "msisdn": "90000017"}],
        "cases": [
            {
                "id": "CASE-1",
                "subject": "No data since noon",
                "state": "open",
                "ticket_ids": ["TKT-1"],
            },
            {"id": "CASE-2", "subject": "Old", "state": "closed", "ticket_ids": []},
        ],
        "interactions": [
            {"occurredAt": START, "channel": "cli", "summary": "Line 9000 0005 is active"},
            {
                "occurredAt": START,
                "channel": "portal-self-serve",
                "summary": "Paid SGD 25.00 by visa 4242",
            },
        ],
    },
}


def order(state="completed", **changes):
    return {
        "id": "ORD-000001",
        "customerId": "CUST-000001",
        "state": state,
        "orderDate": START,
        "completedDate": "2026-03-02T12:00:02.400000+00:00" if state == "completed" else None,
        "notes": None,
        "items": [
            {"id": "OI-1", "action": "add", "offeringId": "PLAN_M", "state": state,
             "targetSubscriptionId": "SUB-000001", "priceAmount": "25.00", "priceCurrency": "SGD"}
        ],
        **changes,
    }  # fmt: skip


def discounted():
    item = {**order()["items"][0], "discountCode": "WELCOME20", "discountAmount": "5.00",
            "discountPeriodsTotal": 3, "effectiveAmount": "20.00"}  # fmt: skip
    return order(items=[item])


RECEIPTS = [
    {"id": "RCPT-000002", "paymentId": "PAY-000002", "description": "Data Top-Up 1GB",
     "subject": "SUB-000001", "total": "3.00", "tax": "0.25", "currency": "SGD",
     "issuedAt": START},
    {"id": "RCPT-000001", "paymentId": "PAY-000001", "description": "A new case",
     "subject": None, "total": "1000.00", "tax": "0.00", "currency": "SGD", "issuedAt": START},
]  # fmt: skip
PROMOTIONS = [
    {"id": "PROMO_WELCOME", "code": "WELCOME20", "audience": "public", "discountType": "percent",
     "discountValue": "20.00", "currency": "SGD", "applicableOfferingIds": None,
     "durationKind": "multi", "periodsTotal": 3, "validTo": START, "state": "active",
     "maxUses": 100, "uses": 17},
    {"id": "PROMO_LOYAL", "code": "PROMO_LOYAL", "audience": "targeted",
     "discountType": "absolute", "discountValue": "5.00", "currency": "SGD",
     "applicableOfferingIds": ["PLAN_M", "PLAN_L"], "durationKind": "perpetual",
     "periodsTotal": None, "validTo": None, "state": "exhausted", "maxUses": None, "uses": 2},
]  # fmt: skip
PROPOSALS = [
    {"id": "P-000001", "operation": "subscription.suspend_by_law", "state": "open",
     "requester": "ann", "confirmer": "somebody else", "reason": None, "createdAt": START,
     "expiresAt": START, "confirmedBy": None, "cancelledBy": None,
     "args": {"subscription_id": "SUB-000001", "legal_basis": "§ 100a StPO", "reason": ""},
     "shown": {"money": [{"refund": 500, "currency": "SGD", "to": "Visa …4242"}],
               "recipients": [], "changes": {"suspension": {"created": 1}},
               "summaries": ["SUB-000001 is suspended by law"], "warnings": []}},
    {"id": "P-000002", "operation": "payment.refund", "state": "cancelled", "requester": "ann",
     "confirmer": "ann", "createdAt": START, "expiresAt": START, "cancelledBy": "bob"},
]  # fmt: skip


def task(number, kind, service, state="completed", attempts=1, error=None):
    return {
        "id": f"PTK-{number:04}",
        "serviceId": service,
        "taskType": kind,
        "state": state,
        "attempts": attempts,
        "maxAttempts": 3,
        "lastError": error,
        "startedAt": START,
        "completedAt": f"2026-03-02T12:00:0{number}.500000+00:00" if state == "completed" else None,
    }


SERVICE_ORDERS = [
    {"id": "SO-0001", "commercialOrderId": "ORD-000001", "state": "completed", "items": []}
]


def service(number, kind, spec, parent=None):
    return {
        "id": f"SVC-000{number}",
        "type": kind,
        "specId": spec,
        "state": "active",
        "parentServiceId": parent,
    }


SERVICES = [
    service(1, "CFS", "SSPEC_CFS_MOBILE_BROADBAND"),
    service(2, "RFS", "SSPEC_RFS_DATA_BEARER", "SVC-0001"),
    service(3, "RFS", "SSPEC_RFS_VOICE_BEARER", "SVC-0001"),
]
TASKS = [
    task(1, "ESIM_PROFILE_PREPARE", "SVC-0001"),
    task(2, "HLR_PROVISION", "SVC-0002", attempts=2),
    task(1, "PCRF_POLICY_PUSH", "SVC-0002"),
    task(1, "OCS_BALANCE_INIT", "SVC-0003"),
]
STUCK = [
    *TASKS[:1],
    task(2, "HLR_PROVISION", "SVC-0002", "stuck", 3, "no answer from the HLR"),
    task(3, "OCS_BALANCE_INIT", "SVC-9999", "pending", 0),
]


def tree(tasks, **changes):
    extras = {"serviceOrders": SERVICE_ORDERS, "services": SERVICES, "tasks": tasks}
    return order(**changes) | {"_extras": extras}


ESIM = {
    "subscriptionId": "SUB-000001",
    "iccid": "8910101000000000056",
    "msisdn": "90000005",
    "imsi": "525010000000056",
    "activationCode": "LPA:1$smdp.bss.local$A1B2C3D4E5F60718",
}
PAYMENTS = [
    {"id": "PAY-000001", "customerId": "CUST-000001", "paymentMethodId": "PM-0001",
     "amount": "25.00", "currency": "SGD", "purpose": "activation", "gatewayRef": "mock-1",
     "declineReason": None, "attemptedAt": START, "state": "captured", "status": "approved",
     "description": "Standard for 90000005", "paidWith": "Visa …4242", "servedBy": "SUB-000001",
     "refundedAmount": "5.00",
     "receipt": {"number": "RCPT-000001", "total": "25.00", "currency": "SGD", "issuedAt": START},
     "lines": [{"text": "Standard, 2 Mar to 1 Apr 2026", "net": "22.94", "tax": "2.06"}]},
    {"id": "PAY-000002", "customerId": "CUST-000001", "paymentMethodId": "PM-0001",
     "amount": "3.00", "currency": "SGD", "purpose": "topup", "status": "declined",
     "gatewayRef": None, "declineReason": "insufficient_funds", "attemptedAt": START},
]  # fmt: skip


def span(number, parent, service, name, start, took, error=None):
    return {
        "spanId": f"s{number}",
        "parentId": parent,
        "service": service,
        "name": name,
        "kind": "operation",
        "startMs": start,
        "durationMs": took,
        "error": error,
    }


TRACE = {
    "traceId": "4f2a9c0d1e3b5a7c4f2a9c0d1e3b5a7c",
    "spanCount": 6,
    "serviceCount": 4,
    "services": ["core", "ordering", "payments", "provisioning"],
    "errorSpanCount": 1,
    "totalMs": 766.0,
    "spans": [
        span(1, None, "ordering", "order.create", 0, 240),
        span(2, "s1", "payments", "payment.open", 12, 18),
        span(3, "s1", "core", "cards.authorise", 60, 120),
        span(4, "s3", "ordering", "order.settle_activation", 182, 50),
        span(
            5,
            "s9",
            "provisioning",
            "network.hlr_provision",
            250,
            510,
            "NotSent: connection refused",
        ),
        span(6, "s5", "core", "network.then", 760, 6),
    ],
}
PLAIN = [
    {
        "id": 7,
        "queue": "mail",
        "state": "parked",
        "attempts": 5,
        "runAt": START,
        "error": "boom",
        "args": {"a": 1},
    },
    {"id": 12, "queue": "money", "state": "open", "attempts": 0, "runAt": START, "error": ""},
]
EVENTS = [
    {"eventType": "subscription.activated", "aggregateId": "SUB-000001", "actor": "operator",
     "summary": "Line 9000 0005 is active", "occurredAt": START},
    {"eventType": "usage.rejected", "aggregateId": "", "about": "CUST-000001", "actor": "worker",
     "summary": "", "occurredAt": "2025-12-31T23:00:00+00:00"},
]  # fmt: skip
CALLS = [
    {"id": 206, "gateway": "mail", "method": "send", "about": "CUST-000001", "state": "parked",
     "attempts": 5, "requestedAt": START, "error": "unknown: timed out"},
]  # fmt: skip
DELIVERIES = [
    {"id": 9, "event": "order.placed", "handler": "ordering.take_the_money", "lane": "ORD-000001",
     "state": "open", "attempts": 1, "error": "ValueError: boom"},
]  # fmt: skip

FAULTS = [
    {"taskType": "HLR_PROVISION", "faultType": "fail_first_attempt", "probability": 0.3,
     "enabled": True},
    {"taskType": "PCRF_POLICY_PUSH", "faultType": "slow", "probability": 1.0, "enabled": False},
]  # fmt: skip
