"""A report and explanations as they come, for cards."""

REPORT = {
    "report": "churn",
    "title": "Lines that left",
    "currency": "SGD",
    "columns": [
        {"name": "from", "title": "From", "kind": "date"},
        {"name": "ended", "title": "Ended", "kind": "count"},
        {"name": "worth", "title": "Worth", "kind": "money"},
        {"name": "churn", "title": "Churn", "kind": "percent"},
    ],
    "rows": [
        {"from": "2026-01-01", "ended": 0, "worth": "0.00", "churn": None},
        {"from": "2026-02-01", "ended": 1200, "worth": "1234.50", "churn": 2.5},
        {"from": "2026-03-01", "ended": 300, "worth": "10.00", "churn": 0.6},
    ],
    "totals": {"ended": 1500, "worth": "1244.50"},
    "chart": {"label": "from", "series": ["churn"]},
}
PRICE = {
    "id": "PRICE_PLAN_S",
    "currency": "SGD",
    "amount": "10.00",
    "periodLength": 30,
    "periodType": "day",
    "validFrom": "2026-01-01T00:00:00+00:00",
    "validTo": None,
}
PROMOTION = {"id": "TENTH", "code": "TEN", "discountType": "percent", "discountValue": "10.00",
             "periods": 2}  # fmt: skip


def figure(name, unit, stated, *parts):
    total = sum(float(value) for _, value, _ in parts)
    return {
        "name": name,
        "unit": unit,
        "stated": stated,
        "sum": total,
        "sums": total == float(stated),
        "parts": [{"text": text, "value": value, "of": of} for text, value, of in parts],
    }


CHARGE = {
    "id": "PAY-000001",
    "at": "2026-03-02T12:00:00+00:00",
    "amount": "9.00",
    "text": "Lite for 90000005",
    "state": "captured",
    "refunded": "2.00",
    "disputed": "0.00",
    "soldAs": "PLAN_S",
    "price": PRICE,
    "promotion": PROMOTION,
    "figures": [figure("PAY-000001 amount", "money", "9.00", ("PLAN_S", "9.00", None))],
}
DATA = {
    "kind": "data",
    "unit": "bytes",
    "remaining": 0,
    "writtenOff": 1024,
    "figures": [
        figure("data left now", "bytes", 0, ("PLAN_S", 5 * 1024**3, "period/1"),
               ("used", -5 * 1024**3, None)),
        figure("data used, by event", "bytes", 7, ("data at noon", 6, "USG-000001")),
    ],
}  # fmt: skip
LINE = {
    "id": "SUB-000001",
    "state": "blocked",
    "currency": "SGD",
    "sums": False,
    "faults": ["data used, by event: 7 bytes is stated, the parts come to 6 bytes."],
    "tariff": {
        "offeringId": "PLAN_S",
        "name": "Lite",
        "price": PRICE,
        "amount": "10.00",
        "discount": "1.00",
        "next": "9.00",
        "promotion": PROMOTION,
        "periodStart": "2026-03-02T12:00:00+00:00",
        "periodEnd": "2026-04-01T12:00:00+00:00",
        "pendingOfferingId": "PLAN_M",
        "pendingPriceId": "PRICE_PLAN_M",
        "pendingEffectiveAt": "2026-04-01T12:00:00+00:00",
    },
    "block": {
        "state": "blocked",
        "reason": "payment_failed",
        "since": "2026-03-02T12:00:00+00:00",
        "rule": "usage.record.subscription_must_be_active",
        "event": {"id": 7, "summary": "Line 90000005 is blocked"},
        "payment": {"id": "PAY-000002", "reason": "card_declined"},
    },
    "balances": [DATA],
    "charges": [CHARGE],
    "paid": [],
    "refusedUsage": [{"rule": "usage.record.subscription_must_be_active", "events": 3}],
}
PAYMENT = {
    **CHARGE,
    "sums": True,
    "faults": [],
    "currency": "SGD",
    "description": "Lite for 90000005",
    "key": "renewal/SUB-000001/2026-03-02",
    "capturedAt": "2026-03-02T12:00:00+00:00",
    "gave": [{"kind": "data", "total": 5 * 1024**3}, {"kind": "voice", "total": -1}],
}
