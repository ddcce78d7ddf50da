"""What the database itself refuses, whatever the code above it does."""

import pytest
from django.db import IntegrityError

from apps.provisioning.models import (
    EsimProfile,
    FaultRule,
    Number,
    ProvisioningTask,
    Service,
    ServiceOrder,
)
from bss.core import clock

from .factories import LINE, internal, make_line, open_order, reserve_for

pytestmark = pytest.mark.usefixtures("committed", "line")


@pytest.fixture
def line(committed):
    make_line()
    reserve_for("SUB-2")
    open_order()
    internal("inventory.msisdn.assign", owner=LINE)
    internal("inventory.msisdn.assign", owner="SUB-2")


def second(model, **changes):
    row = model.objects.filter(**changes.pop("of", {})).first()
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


VIOLATIONS = {
    "one_number_on_a_line": lambda: Number.objects.filter(owner="SUB-2").update(owner=LINE),
    "number_owned_while_in_use": lambda: Number.objects.filter(owner=LINE).update(owner=""),
    "number_quarantine_ends": lambda: Number.objects.filter(state="available").update(
        state="quarantine"
    ),
    "number_locked_on_a_line": lambda: Number.objects.filter(state="available").update(
        locked_at=clock.now()
    ),
    "number_state_known": lambda: Number.objects.filter(owner="").update(state="lost"),
    "one_esim_on_a_line": lambda: EsimProfile.objects.filter(owner="SUB-2").update(owner=LINE),
    "esim_owned_while_in_use": lambda: EsimProfile.objects.filter(owner=LINE).update(owner=""),
    "esim_state_known": lambda: EsimProfile.objects.filter(owner="").update(state="lost"),
    "one_live_cfs_for_an_owner": lambda: second(Service, of={"kind": "CFS"}),
    "one_rfs_of_a_kind": lambda: second(Service, of={"kind": "RFS"}),
    "service_rfs_below_cfs": lambda: Service.objects.filter(kind="RFS").update(parent=None),
    "service_state_known": lambda: Service.objects.update(state="lost"),
    "one_service_order_under_way": lambda: second(ServiceOrder),
    "one_service_order_an_action": lambda: [
        second(ServiceOrder, state="failed", order_id="ORD-1") for _ in range(2)
    ],
    "service_order_state_known": lambda: ServiceOrder.objects.update(state="lost"),
    "one_task_of_a_type": lambda: second(ProvisioningTask),
    "task_state_known": lambda: ProvisioningTask.objects.update(state="lost"),
    "task_attempts_bounded": lambda: ProvisioningTask.objects.update(attempts=4),
    "fault_probability": lambda: FaultRule.objects.create(
        id="F", task_type="T", fault_type="slow", probability=2
    ),
    "fault_type_known": lambda: FaultRule.objects.create(
        id="F", task_type="T", fault_type="odd", probability=1
    ),
}


@pytest.mark.parametrize("constraint", VIOLATIONS)
def test_the_database_refuses(constraint):
    with pytest.raises(IntegrityError, match=constraint):
        VIOLATIONS[constraint]()
