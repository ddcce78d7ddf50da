from __future__ import annotations

import pytest

from apps.payments.models import LedgerEntry, Payment, PaymentMethod, Receipt, ReceiptCounter

from .factories import make_captured, make_card, make_customer, use


@pytest.mark.django_db(transaction=True)
def test_a_sandbox_forgets_money(transactional_db: None, outside: None) -> None:
    ada = make_customer()
    make_card(ada)
    make_captured(ada)
    use("payment.reset")

    for model in (PaymentMethod, Payment, LedgerEntry, Receipt, ReceiptCounter):
        assert not model.objects.exists()
