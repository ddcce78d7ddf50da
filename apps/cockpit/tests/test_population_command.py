import json

import pytest

from bss.core import invariants
from bss.core.models import OperatorProfile

pytestmark = pytest.mark.usefixtures("committed")


def test_a_population_comes_with_the_seed(bss):
    OperatorProfile.objects.create(sandbox=True)

    added = json.loads(bss("seed", "--lines", "20", "--usage", "100", "--json").out)["population"]

    assert added["subscription_subscription"] == 20
    assert added["rating_usage"] == 100
    assert all(one.holds for one in invariants.check(full=True))


def test_imagined_customers_stay_out_of_a_real_database(bss):
    bss("seed")
    OperatorProfile.objects.update(sandbox=False)

    refused = bss("seed", "--lines", "20")

    assert refused.code != 0
    assert "sandbox" in refused.err
