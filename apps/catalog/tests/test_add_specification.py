import pytest

from apps.catalog import queries
from apps.catalog.models import ServiceSpecification
from apps.catalog.tests.factories import make_offering
from bss.core.errors import InvalidArguments
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("catalog")

THINGS = {
    "specification_id": "SPEC_THINGS",
    "name": "Things",
    "cfs_spec_id": "SSPEC_CFS_THINGS",
    "rfs_spec_ids": ["SSPEC_RFS_DATA_BEARER", "SSPEC_RFS_TUNNEL"],
    "tasks": {
        "activate": ["HLR_PROVISION", "ESIM_PROFILE_PREPARE"],
        "terminate": ["HLR_DEPROVISION"],
    },
}


def add(**overrides):
    return run("catalog.add_specification", **(THINGS | overrides))


def test_its_plans_mean_what_it_says():
    shown = add()
    plan = make_offering(specification_id="SPEC_THINGS")

    mapping = queries.service_mapping(plan)
    assert (mapping.cfs_spec_id, list(mapping.rfs_spec_ids)) == (
        shown["cfsSpecId"],
        shown["rfsSpecIds"],
    )
    assert mapping.tasks == THINGS["tasks"]
    assert ServiceSpecification.objects.get(pk="SSPEC_RFS_TUNNEL").type == "RFS"
    assert (
        StoredEvent.objects.get(name="catalog.specification_added").after["rfs"]
        == (THINGS["rfs_spec_ids"])
    )


def test_what_makes_no_sense_is_refused(refused):
    add()

    with refused("catalog.specification.already_exists"):
        add()
    with refused("catalog.specification.service_of_other_type"):
        add(specification_id="SPEC_X", cfs_spec_id="SSPEC_RFS_TUNNEL")
    with refused("catalog.specification.requires_activate_and_terminate"):
        add(specification_id="SPEC_X", tasks={"activate": ["HLR_PROVISION"]})
    with pytest.raises(InvalidArguments):
        add(specification_id="SPEC_X", tasks={"explode": ["HLR_PROVISION"]})
