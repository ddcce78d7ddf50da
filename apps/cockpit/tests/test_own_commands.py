import json

import pytest

from apps.crm.tests.factories import make_customer
from apps.payments.tests.factories import make_card
from bss.core import invariants
from bss.core.invariants import Invariant
from bss.core.models import OperatorProfile, User
from bss.core.operations import run


@pytest.mark.parametrize(
    ("word", "key", "name"),
    [
        ("operations", "name", "customer.create"),
        ("policies", "rule", "customer.create.requires_contact_medium"),
        ("events", "name", "customer.created"),
    ],
)
def test_the_lists_know_everything(bss, word, key, name) -> None:
    everything = json.loads(bss(word, "--json").out)
    some = json.loads(bss(word, "customer.create", "--json").out)

    assert name in {row[key] for row in everything}
    assert 0 < len(some) < len(everything)
    assert name in bss(word, "customer.create").out


def test_an_operation_is_listed_with_its_effect_and_who_may(bss) -> None:
    told = " ".join(bss("operations", "order.").out.split())

    assert "order.create charge Place an order and submit it at once. care, supervisor" in told
    assert "admin only" in bss("operations", "client.create").out
    assert "everybody" in bss("operations", "catalog.list_vas").out


def test_a_check_tells_what_is_broken(bss, monkeypatch) -> None:
    rows = [{"id": number} for number in range(9)]
    planted = Invariant("test.planted", "nothing is planted", lambda since: rows)
    assert bss("check", "--full").code == 0

    monkeypatch.setattr(invariants, "_invariants", {"test.planted": planted})
    shown, told = bss("check", "--full"), bss("check", "--json")

    assert shown.code == told.code == 1
    assert "✗ nothing is planted" in shown.out
    assert json.loads(told.out)[0]["holds"] is False


def test_sweeps_are_listed_and_run(bss) -> None:
    assert "kyc_expiry" in bss("sweep").out
    assert "kyc_expiry" in {row["name"] for row in json.loads(bss("sweep", "--json").out)}
    assert json.loads(bss("sweep", "kyc_expiry", "--json").out) == {
        "sweep": "kyc_expiry",
        "count": 0,
    }
    assert "0 done" in bss("sweep", "kyc_expiry").out
    assert bss("sweep", "nothing").code == 3


def test_a_seed_fills_an_empty_database_once(bss) -> None:
    first, second = bss("seed"), json.loads(bss("seed", "--json").out)

    assert "sign in as olga / demo (admin)" in first.out
    assert OperatorProfile.load().sandbox
    assert second["cockpit"] == {"operator profile": 0, "staff": 0, "logins": []}
    assert User.objects.get(username="max").roles == ["auditor"]


def test_nobody_gets_a_known_password_outside_a_sandbox(bss, settings) -> None:
    from dataclasses import replace

    settings.BSS = replace(settings.BSS, sandbox=False)

    assert bss("seed").code == 0
    assert not User.objects.exists()


def test_the_demonstration_needs_a_sandbox(bss) -> None:
    ended = bss("demo")

    assert (ended.code, "terminal.demo.sandbox_required" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("shell", "said"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --command")]
)
def test_a_shell_learns_the_word(bss, shell, said) -> None:
    ended = bss("completion", shell)

    assert said in ended.out
    assert "/run bss" in ended.out


def test_the_tab_key_knows_the_words(bss, monkeypatch) -> None:
    monkeypatch.setenv("_BSS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "bss customer li")
    monkeypatch.setenv("COMP_CWORD", "2")

    assert bss("anything").out.split() == ["list"]


def test_a_trace_is_found_by_what_it_made(bss, monkeypatch) -> None:
    from bss.core.models import Span, StoredEvent

    bss("inventory", "msisdn", "add-range", "8888", "3")
    event = StoredEvent.objects.latest("id")
    Span.objects.create(
        trace_id=event.trace_id, span_id="s1", service="provisioning",
        name="inventory.msisdn.add_range", kind="operation", started_at=event.at,
        micros=1500, attributes={},
    )  # fmt: skip

    for words in (
        ("get", event.trace_id),
        ("for-order", event.aggregate),
        ("for-subscription", event.aggregate),
    ):
        assert "1.5 ms inventory.msisdn.add_range" in bss("trace", *words, "--width", "120").out
    assert json.loads(bss("trace", "get", event.trace_id, "--json").out)["spanCount"] >= 1
    assert bss("trace", "for-order", "ORD-9").code == 3
    assert "provisioning" in bss("trace", "services").out


def test_a_silent_database_is_told_in_one_sentence_only(bss) -> None:
    import logging

    bss("policies")

    assert not logging.getLogger("psycopg.pool").isEnabledFor(logging.WARNING)


@pytest.fixture
def paid(committed: None) -> str:
    customer = make_customer()
    card = make_card(customer)
    charge = {"customer_id": customer, "payment_method_id": card, "amount": "5.00"}
    payment = run("payment.charge", reason="A case", **charge)["id"]
    run("payment.refund", payment_id=payment, reason="Broken")
    return str(payment)


def test_papers_are_written_where_one_is(bss, paid, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    receipt, note = bss("receipt", "download", paid), bss("credit-note", "download", "CRN-000001")

    assert f"Written to {tmp_path / 'RCPT-000001.pdf'}" in receipt.out
    assert f"Written to {tmp_path / 'CRN-000001.pdf'}" in note.out
    for name in ("RCPT-000001.pdf", "CRN-000001.pdf"):
        assert (tmp_path / name).read_bytes().startswith(b"%PDF-")


def test_papers_are_written_where_one_says(bss, paid, tmp_path) -> None:
    (tmp_path / "books").mkdir()
    told = bss("receipt", "download", paid, "--out", str(tmp_path / "mine.pdf"), "--json")
    assert json.loads(told.out)["writtenTo"] == str(tmp_path / "mine.pdf")
    bss("receipt", "download", paid, "--out", str(tmp_path / "books"))
    assert (tmp_path / "books" / "RCPT-000001.pdf").exists()
    assert json.loads(bss("receipt", "download", paid, "--json").out)["content"]

    nowhere = bss("receipt", "download", paid, "--out", str(tmp_path / "no" / "x.pdf"))
    assert (nowhere.code, "cannot be written: No such file" in nowhere.err) == (2, True)
    assert bss("receipt", "download", "RCPT-000099").code == 3
