"""A transition taken from a state that somebody else has left meanwhile."""

import pytest
from django.db import transaction

from apps.crm.models import Customer
from apps.crm.tests.factories import make_customer
from bss.core.errors import Conflict
from bss.core.invocation import Invocation, gathering

pytestmark = pytest.mark.usefixtures("committed")


def test_a_row_that_was_not_locked_overwrites_nobody():
    stale = Customer.objects.get_by_id(make_customer())
    with transaction.atomic(), gathering(Invocation()) as invocation:
        Customer.objects.lock(stale.pk).move("close")

        with pytest.raises(Conflict) as refusal:
            stale.move("close")

    assert refusal.value.code == "state.changed"
    assert len(invocation.moves) == 1
