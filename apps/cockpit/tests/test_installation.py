"""Everything goes out, comes into an empty installation, and is the same there."""

import json
import re

import pytest
from django.conf import settings
from django.db import connection

from apps.crm.models import Customer
from apps.provisioning.models import EsimProfile
from apps.subscription.models import Subscription
from apps.subscription.tests.factories import make_line, make_stock
from bench.population import populate
from bss.core import invariants, portable
from bss.core.errors import PolicyViolation
from bss.core.models import IncomingLine, OperatorProfile, StoredEvent
from bss.core.operations import run, run_internal
from tests.previews.dumps import dump

pytestmark = [
    pytest.mark.usefixtures("transactional_db", "outside"),
    pytest.mark.timeout(120, func_only=True),
]
ITS_OWN = ("core_event", "core_incomingline", "django_session")


@pytest.fixture
def bss(outside, capsys):
    """Type a command against a database in which transactions really end."""
    from apps.cockpit.terminal import main
    from apps.cockpit.tests.conftest import Ended

    def typed(*words):
        code = main.run(words)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return typed


def populated():
    OperatorProfile.objects.create(sandbox=True)
    for app in ("cockpit", "catalog", "crm", "provisioning"):
        run_internal(f"{app}.seed", {})
    populate(lines=30, usage=200)
    make_line(customer_id=None)


def empty():
    with connection.cursor() as cursor:
        names = ", ".join(f'"{table.name}"' for table in portable.tables())
        cursor.execute(f"TRUNCATE {names} CASCADE")


def settled():
    """What must come back: everything but the note that it did."""
    return {name: held for name, held in dump().items() if name not in ITS_OWN}


def exported(bss, tmp_path):
    folder = tmp_path / "export"
    assert bss("installation", "export", str(folder)).code == 0
    return folder


def test_what_goes_out_comes_in_again(bss, tmp_path):
    populated()
    folder = exported(bss, tmp_path)
    before, events = settled(), StoredEvent.objects.count()
    newest = Subscription.objects.order_by("-id").first().id
    empty()
    make_stock()

    ended = bss("installation", "restore", str(folder), "--yes", "--json")

    assert ended.code == 0, ended.err
    after = settled()
    assert {name: after[name] for name in after if after[name] != before[name]} == {}
    assert StoredEvent.objects.count() == events + 1
    assert StoredEvent.objects.latest("id").name == "installation.restored"
    assert [one.name for one in invariants.check(full=True) if not one.holds] == []
    assert not IncomingLine.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('subscription_subscription', 'id'))")
        assert cursor.fetchone()[0] > newest
    assert run("customer.create", name="Cleo", email="cleo@mail.test")["status"] == "active"


def test_no_secret_is_readable(bss, tmp_path):
    populated()
    folder = exported(bss, tmp_path)

    codes = set(EsimProfile.objects.values_list("matching_id", flat=True))
    assert codes
    for path in folder.iterdir():
        text = path.read_text()
        assert not [code for code in codes if code in text], path
        assert not re.search(r"pbkdf2_|argon2|tok_[0-9a-f]{8}", text), path
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["sealed"]["payments_paymentmethod"] == ["payer", "token"]


@pytest.fixture
def folder(bss, tmp_path):
    make_stock()
    found = exported(bss, tmp_path)
    empty()
    return found


def test_a_changed_file_is_not_brought_in(bss, folder):
    with (folder / "catalog_productoffering.ndjson").open("a") as file:
        file.write("{}\n")
    ended = bss("installation", "restore", str(folder), "--yes")
    assert "not what the manifest says" in " ".join(ended.err.split())


def test_nothing_comes_into_an_installation_with_customers(bss, folder):
    run("customer.create", name="Ada", email="ada@mail.test")
    ended = bss("installation", "restore", str(folder), "--yes")
    assert "has customers" in " ".join(ended.err.split())
    assert Customer.objects.count() == 1


def test_secrets_of_another_installation_stay_sealed(bss, folder, monkeypatch):
    mine = settings.SECRET_KEY
    monkeypatch.setattr(settings, "SECRET_KEY", "another installation's own")
    ended = bss("installation", "restore", str(folder), "--yes")
    assert "SECRET_KEY_FALLBACKS" in ended.err

    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [mine])
    assert bss("installation", "restore", str(folder), "--yes").code == 0


def test_another_version_and_half_an_export_are_refused(bss, folder):
    path = folder / "manifest.json"
    whole = json.loads(path.read_text())

    path.write_text(json.dumps({**whole, "schema": {**whole["schema"], "crm": "0001_initial"}}))
    assert "another version" in bss("installation", "restore", str(folder), "--yes").err
    path.write_text(json.dumps({**whole, "files": whole["files"][1:]}))
    half = bss("installation", "restore", str(folder), "--yes").err
    assert "belong to it" in " ".join(half.split())
    assert bss("installation", "restore", str(folder)).code == 2


def test_rows_come_in_order_and_into_known_tables():
    with pytest.raises(PolicyViolation, match="no table pg_authid"):
        run("installation.receive", table="pg_authid", lines=[])
    with pytest.raises(PolicyViolation, match="begin again"):
        run("installation.receive", table="core_user", lines=["{}"], above=7)


WORDS = "token|secret|password|hash|digest|matching|ki_ref|seed|^pin$|answer|args"
SUSPICIOUS = re.compile(WORDS)
# Leases of workers, digests of requests and of transcripts: nobody gets in by them.
HARMLESS = {
    "core_delivery.token", "core_call.token", "core_request.digest", "core_proposal.digest",
    "crm_chattranscript.hash", "payments_paymentattempt.answered_at",
    "payments_reconciliation.answered_at",
}  # fmt: skip


def test_every_column_that_sounds_secret_is_sealed_or_harmless():
    assert not [
        f"{table.name}.{column}"
        for table in portable.tables()
        for column in table.columns
        if SUSPICIOUS.search(column)
        and column not in table.secrets
        and f"{table.name}.{column}" not in HARMLESS
    ]
