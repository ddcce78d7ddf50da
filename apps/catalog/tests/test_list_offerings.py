import pytest

from apps.catalog import queries
from apps.catalog.models import VasOffering
from apps.catalog.tests.factories import make_offering
from bss.core import clock
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("catalog")


@pytest.mark.parametrize("operation", ["catalog.list_offerings", "catalog.list_active_offerings"])
def test_it_needs_as_many_statements_for_thirty_as_for_three(django_assert_num_queries, operation):
    for size in (0, 27):
        for _ in range(size):
            make_offering()
        with django_assert_num_queries(3):
            assert len(run(operation)) == 3 + size


def test_a_topup_is_on_sale_within_its_window(frozen_clock):
    VasOffering.objects.filter(pk="VAS_DATA_1GB").update(valid_to=clock.now())
    VasOffering.objects.filter(pk="VAS_DATA_5GB").update(is_sellable=False)

    assert [vas["id"] for vas in run("catalog.list_vas")] == [
        "VAS_UNLIMITED_DAY",
        "VAS_ROAMING_1GB",
    ]
    assert queries.vas_offering("VAS_DATA_1GB", clock.now()) is None
    assert queries.vas_offering("VAS_DATA_5GB", clock.now()) is None
    assert queries.vas_offering("VAS_ROAMING_1GB", clock.now()) is not None
