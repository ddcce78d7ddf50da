"""An address is changed by whoever reads the mail that goes there."""

import re

import pytest
from django.conf import settings

from apps.crm import rules
from apps.crm.models import ContactMedium, EmailChange
from apps.crm.tests.factories import make_customer
from bss.core.models import Call, StoredEvent
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed")


def request(customer_id, email="lady@mail.test"):
    return run("customer.request_email_change", customer_id=customer_id, email=email)


def confirm(customer_id, code):
    return run("customer.confirm_email_change", customer_id=customer_id, code=code)


def code_in(mailbox):
    return re.findall(r"OTP: (\d{6})\nAction: email_change", log(mailbox))[-1]


def log(mailbox):
    return (mailbox / "portal-mailbox.log").read_text()


def emails(customer_id):
    media = run("customer.get", customer_id=customer_id)["contactMedium"]
    return [one["value"] for one in media if one["mediumType"] == "email"]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_goes_to_the_new_address_and_opens_it(mailbox):
    customer_id = make_customer(email="ada@mail.test")

    change = request(customer_id)
    assert (change["state"], change["email"]) == ("requested", "lady@mail.test")
    assert emails(customer_id) == ["ada@mail.test"]
    assert "To: lady@mail.test" in log(mailbox)

    assert confirm(customer_id, code_in(mailbox))["state"] == "confirmed"

    assert emails(customer_id) == ["lady@mail.test"]
    history = run("customer.contact_history", customer_id=customer_id)
    old = next(one for one in history if one["value"] == "ada@mail.test")
    new = next(one for one in history if one["value"] == "lady@mail.test")
    assert old["validTo"] is not None
    assert new["verifiedAt"] is not None


def test_no_row_holds_the_code(mailbox):
    customer_id = make_customer()
    request(customer_id)
    code = code_in(mailbox)

    call = Call.objects.get(gateway="mail")
    assert code not in str([call.args, call.outcome, call.shown])
    assert not StoredEvent.objects.filter(payload__icontains=code).exists()
    assert code == rules.code_of(settings.SECRET_KEY, EmailChange.objects.get().seed)


def test_another_secret_gives_another_code():
    codes = {rules.code_of(secret, "seed") for secret in ("a", "b", "c")}

    assert len(codes) == 3
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)


def test_a_code_from_before_the_secret_changed_is_good(mailbox, settings):
    customer_id = make_customer()
    request(customer_id)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10

    assert confirm(customer_id, code_in(mailbox))["state"] == "confirmed"


def test_five_wrong_codes_are_the_end_of_it(mailbox, refused):
    customer_id = make_customer(email="ada@mail.test")
    request(customer_id)
    code = code_in(mailbox)
    for left in (4, 3, 2, 1):
        assert confirm(customer_id, wrong(code))["attemptsLeft"] == left

    assert confirm(customer_id, wrong(code))["state"] == "failed"

    with refused("customer.confirm_email_change.none_open"):
        confirm(customer_id, code)
    assert emails(customer_id) == ["ada@mail.test"]


def test_an_old_code_is_no_use(mailbox, frozen_clock, refused):
    customer_id = make_customer()
    request(customer_id)
    frozen_clock.advance("15m")
    with refused("customer.confirm_email_change.none_open"):
        confirm(customer_id, code_in(mailbox))

    assert run_sweep("email_changes") == 1
    assert run_sweep("email_changes") == 0
    assert EmailChange.objects.get().state == "expired"


def test_a_new_code_makes_the_old_one_useless(mailbox):
    customer_id = make_customer()
    request(customer_id)
    first = code_in(mailbox)
    request(customer_id, "other@mail.test")

    assert confirm(customer_id, first)["state"] == "requested"
    assert confirm(customer_id, code_in(mailbox))["email"] == "other@mail.test"
    states = EmailChange.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["superseded", "confirmed"]


def test_nobody_takes_over_somebody_elses_address(mailbox, refused):
    make_customer(email="eve@mail.test")
    customer_id = make_customer()
    with refused("customer.create.email_unique"):
        request(customer_id, "EVE@mail.test")
    request(customer_id, "late@mail.test")
    make_customer(email="late@mail.test")

    with refused("customer.create.email_unique"):
        confirm(customer_id, code_in(mailbox))


def test_codes_are_not_for_flooding(frozen_clock, refused):
    customer_id = make_customer()
    for _ in range(5):
        request(customer_id)
    with refused("customer.request_email_change.too_many"):
        request(customer_id)
    frozen_clock.advance("1h")

    assert request(customer_id)["state"] == "requested"


def test_a_code_that_bounces_ends_the_change(mailbox):
    customer_id = make_customer()

    assert request(customer_id, "nobody@bounce.test")["state"] == "failed"


def test_the_address_in_use_can_be_proven_as_it_is(mailbox):
    customer_id = make_customer(email="ada@mail.test")
    request(customer_id, "ada@mail.test")

    confirm(customer_id, code_in(mailbox))

    medium = ContactMedium.objects.get(medium_type="email")
    assert medium.verified_at is not None
    assert not StoredEvent.objects.filter(name="customer.contact_medium_updated").exists()


def test_whoever_had_only_a_phone_gets_an_address(mailbox):
    customer_id = make_customer(email=None)
    request(customer_id, "ada@mail.test")

    confirm(customer_id, code_in(mailbox))

    assert emails(customer_id) == ["ada@mail.test"]


def test_a_closed_customer_changes_nothing(refused):
    customer_id = make_customer()
    run("customer.close", customer_id=customer_id)

    with refused("customer.update.closed"):
        request(customer_id)


def test_the_old_address_hears_of_it(mailbox, drain):
    customer_id = make_customer(email="ada@mail.test")
    request(customer_id)
    confirm(customer_id, code_in(mailbox))

    drain()

    letters = [path.read_text() for path in mailbox.glob("contact_changed*.eml")]
    assert sorted(re.findall(r"^To: (.*)$", "\n".join(letters), re.M)) == [
        "ada@mail.test",
        "lady@mail.test",
    ]
