import threading

import pytest
from django.db import connection

from apps.crm.models import Customer, IdentityDocument, KycAttestation
from apps.crm.queries import is_verified
from apps.crm.tests.factories import attest, make_customer
from bss.core import clock, sweeps
from bss.core.errors import BssError, InvalidArguments
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")

PASSPORT = {"document_type": "passport", "document_number": "k 123-4567x", "document_country": "sg"}


def status_of(customer_id):
    return run("customer.get_kyc_status", customer_id=customer_id)


def test_it_verifies_the_customer(frozen_clock):
    customer_id = make_customer()

    answer = run(
        "customer.attest_kyc",
        customer_id=customer_id,
        provider="prebaked",
        attestation_token="stub-signed-jwt-1",
    )

    assert answer == {
        "customer_id": customer_id,
        "kyc_status": "verified",
        "provider": "prebaked",
        "verified_at": "2026-03-02T12:00:00+00:00",
    }
    assert status_of(customer_id) == {
        "customer_id": customer_id,
        "kyc_status": "verified",
        "kyc_verified_at": "2026-03-02T12:00:00+00:00",
        "kyc_verification_method": "prebaked",
        "kyc_reference": f"prebaked-{customer_id}",
        "kyc_expires_at": "2028-03-01T12:00:00+00:00",
    }
    assert is_verified(Customer.objects.get_by_id(customer_id), clock.now())


def test_nobody_is_verified_before():
    customer_id = make_customer()

    assert status_of(customer_id)["kyc_status"] == "not_verified"
    assert not is_verified(Customer.objects.get_by_id(customer_id), clock.now())


def test_it_keeps_no_number_and_no_token():
    customer_id = make_customer()

    attest(customer_id, attestation_token="very-secret-token", **PASSPORT)

    document = IdentityDocument.objects.get()
    stored = f"{document.__dict__} {KycAttestation.objects.get().__dict__}"
    events = str(list(StoredEvent.objects.values()))
    assert document.number_last4 == "567X"
    assert str(document) == "passport …567X"
    for secret in ("K1234567X", "k 123-4567x", "very-secret-token"):
        assert secret not in stored
        assert secret not in events


def test_a_proof_is_used_once(refused):
    customer_id = make_customer()
    attest(customer_id, attestation_token="once")

    with refused("customer.attest_kyc.proof_already_used"):
        attest(customer_id, attestation_token="once")


def test_a_proof_is_bound_to_one_person(refused):
    ada, cleo = make_customer(), make_customer()
    session = {"provider_reference": "session-7", "attestation_token": "signed"}
    attest(ada, **session)

    with refused("customer.attest_kyc.proof_already_used"):
        attest(cleo, **session)


def test_a_document_proves_one_person_whatever_its_spelling_and_provider(refused):
    ada, cleo = make_customer(), make_customer()
    attest(ada, **PASSPORT)

    with refused("customer.attest_kyc.document_hash_unique_per_tenant"):
        attest(cleo, provider="myinfo", **PASSPORT | {"document_number": "K1234567X"})
    assert status_of(cleo)["kyc_status"] == "not_verified"


def test_documents_may_be_shared_where_the_settings_say_so(product):
    product(kyc_allow_doc_reuse=True)
    ada, cleo = make_customer(), make_customer()
    attest(ada, **PASSPORT)

    attest(cleo, **PASSPORT)

    assert IdentityDocument.objects.get().customer.public_id == cleo


def test_an_older_secret_still_recognises_a_document(refused, settings):
    ada, cleo = make_customer(), make_customer()
    attest(ada, **PASSPORT)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-newer-one"

    with refused("customer.attest_kyc.document_hash_unique_per_tenant"):
        attest(cleo, **PASSPORT)


def test_half_a_document_is_refused(refused):
    customer_id = make_customer()

    with refused("customer.attest_kyc.document_required"):
        attest(customer_id, document_type="passport")
    with pytest.raises(InvalidArguments):
        attest(customer_id, **PASSPORT | {"document_type": "library card"})


def test_minors_are_refused_until_their_birthday(refused, frozen_clock):
    customer_id = make_customer()
    born = "2008-03-03"

    with refused("customer.attest_kyc.minimum_age"):
        attest(customer_id, date_of_birth=born)
    frozen_clock.advance("1d")
    attest(customer_id, date_of_birth=born)

    customer = run("customer.get", customer_id=customer_id)
    assert customer["individual"]["dateOfBirth"] == born


def test_the_birthday_on_file_counts_too(refused, frozen_clock):
    customer_id = make_customer(date_of_birth="2015-01-01")

    with refused("customer.attest_kyc.minimum_age"):
        attest(customer_id)


def test_prepared_proofs_count_only_where_the_settings_say_so(refused, product):
    product(kyc_allow_prebaked=False)
    customer_id = make_customer()

    with refused("kyc.attestation.uncorroborated"):
        attest(customer_id)


def test_a_provider_nobody_corroborates_is_refused(refused):
    customer_id = make_customer()

    with refused("kyc.attestation.uncorroborated"):
        attest(customer_id, provider="didit")


def test_an_empty_token_is_no_proof(refused):
    customer_id = make_customer()

    with refused("customer.attest_kyc.attestation_signature_valid"):
        attest(customer_id, attestation_token=" ")


def test_a_proof_runs_out_and_is_renewed(frozen_clock):
    customer_id = make_customer()
    attest(customer_id, **PASSPORT)
    frozen_clock.advance("730d")

    customer = Customer.objects.get_by_id(customer_id)
    assert not is_verified(customer, clock.now())
    assert status_of(customer_id)["kyc_status"] == "expired"
    assert sweeps.run_sweep("kyc_expiry") == 1
    assert sweeps.run_sweep("kyc_expiry") == 0
    assert StoredEvent.objects.filter(name="customer.kyc_expired").count() == 1

    attest(customer_id, **PASSPORT)
    assert status_of(customer_id)["kyc_status"] == "verified"
    assert KycAttestation.objects.count() == 2


def test_a_renewed_proof_is_not_expired_by_a_late_sweep(frozen_clock):
    from bss.core.operations import run_internal

    customer_id = make_customer()
    attest(customer_id)

    run_internal("customer.expire_kyc", {"customer_id": customer_id})

    assert status_of(customer_id)["kyc_status"] == "verified"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("shared", "rule"),
    [
        (PASSPORT, "customer.attest_kyc.document_hash_unique_per_tenant"),
        (
            {"provider_reference": "session-7", "attestation_token": "signed"},
            "customer.attest_kyc.proof_already_used",
        ),
    ],
)
def test_two_people_racing_with_one_proof_do_not_both_pass(shared, rule):
    people = [make_customer(), make_customer()]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def present(customer_id: str) -> None:
        together.wait()
        try:
            outcomes.append(attest(customer_id, **shared)["kyc_status"])
        except BssError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=present, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [rule, "verified"]
