import pytest

from apps.crm.models import Notification
from apps.subscription.tests.factories import (
    DECLINING,
    MB,
    make_line,
    the,
    top_up,
    use,
)
from bss.core import sweeps
from bss.core.errors import PolicyViolation
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def letters(drain):
    """The templates of the letters about lines since the last look; their order is left open."""
    seen = 0

    def sent():
        nonlocal seen
        drain()
        new = Notification.objects.filter(template__regex="^(line|price)_", id__gt=seen)
        seen = max(new.values_list("id", flat=True), default=seen)
        return sorted(new.values_list("template", flat=True))

    return sent


def test_a_line_that_begins_and_ends(letters):
    line = make_line()
    assert letters() == ["line_activated"]
    run("subscription.terminate", subscription_id=line)
    assert letters() == ["line_terminated"]


def test_what_runs_out(letters):
    line = make_line()
    letters()
    use(line, 4096 * MB)
    use(line, 6000, "voice")
    use(line, 1024 * MB)
    assert letters() == ["line_blocked", "line_exhausted", "line_threshold"]


def test_half_is_no_letter(letters):
    use(make_line(), 2560 * MB)
    assert letters() == ["line_activated"]


def test_top_ups(letters):
    line = make_line()
    letters()
    top_up(line)
    assert letters() == ["line_topped_up"]
    body = Notification.objects.get(template="line_topped_up").body
    assert "Data Top-Up 1GB" in body
    assert "SGD 3.00" in body
    with pytest.raises(PolicyViolation):
        top_up(make_line(card=DECLINING))
    assert "line_top_up_failed" in letters()


def test_renewals(letters, frozen_clock):
    line = make_line()
    letters()
    frozen_clock.advance("708h")
    sweeps.run_sweep("renewal reminders")
    assert letters() == ["line_renewal_reminder"]
    frozen_clock.advance("12h")
    run("subscription.tick_renewals_now")
    assert letters() == ["line_renewed"]
    letter = Notification.objects.get(template="line_renewed")
    assert letter.subject == f"Your line {the(line).msisdn} is renewed"
    assert "Lite" in letter.body


def test_a_failed_renewal_is_one_letter(letters, frozen_clock):
    make_line(card=DECLINING)
    letters()
    frozen_clock.advance("30d")
    run("subscription.tick_renewals_now")
    assert letters() == ["line_renewal_failed"]


def test_changes(letters):
    line = make_line()
    letters()
    run("subscription.schedule_plan_change", subscription_id=line, new_offering_id="PLAN_M")
    assert letters() == ["line_plan_change"]
    assert "Standard" in Notification.objects.get(template="line_plan_change").subject


def test_a_new_price_is_announced(letters):
    from apps.catalog.models import ProductOfferingPrice

    make_line()
    letters()
    price = ProductOfferingPrice.objects.get(pk="PRICE_PLAN_S")
    price.pk, price.amount = "PRICE_S_2", 1200
    price.save(force_insert=True)
    run(
        "subscription.migrate_to_new_price",
        offering_id="PLAN_S",
        new_price_id="PRICE_S_2",
        effective_from="2026-04-01T00:00:00Z",
    )
    assert letters() == ["price_migration_notice"]
    body = Notification.objects.get(template="price_migration_notice").body
    assert "SGD 12.00 a period instead of SGD 10.00" in body
