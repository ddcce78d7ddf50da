"""Says how a town is doing: `python -m tests.town.verdict` prints counts and complaints."""

from __future__ import annotations

import json
from collections import Counter

import django


def main() -> None:
    """What became of orders, top-ups and payments, and everything that is not as it should be."""
    from apps.ordering.models import ProductOrder
    from apps.payments.models import Payment
    from apps.subscription.models import TopUp
    from tests import books
    from tests.crash.matrix import unanswered

    counted = {
        "orders": Counter(ProductOrder.objects.values_list("state", flat=True)),
        "top_ups": Counter(TopUp.objects.values_list("state", flat=True)),
        "payments": Counter(Payment.objects.values_list("state", flat=True)),
        "complaints": [*books.complaints(), *unanswered()],
    }
    print(json.dumps(counted))


if __name__ == "__main__":
    django.setup()
    main()
