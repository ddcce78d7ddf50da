"""The kernel's own operations, each audited."""

from __future__ import annotations

import pytest

from bss.core import clock, context
from bss.core.context import Context
from bss.core.errors import (
    Conflict,
    InvalidArguments,
    NotFound,
    PermissionDenied,
    PolicyViolation,
)
from bss.core.models import ApiClient, OperatorProfile, Request, StoredEvent, User
from bss.core.operations import invoke, run
from bss.core.simulated import ledger
from bss.core.tests import toy

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def sandbox() -> None:
    OperatorProfile.objects.update_or_create(pk=1, defaults={"sandbox": True})


def happened(name: str) -> StoredEvent:
    return StoredEvent.objects.get(name=name)


@pytest.mark.parametrize(
    ("operation", "args"),
    [
        ("clock.freeze", {}),
        ("clock.unfreeze", {}),
        ("clock.advance", {"duration": "1d"}),
        ("admin.reset_operational_data", {}),
    ],
)
def test_only_a_sandbox_is_reset_or_moved_in_time(operation, args) -> None:
    with pytest.raises(PolicyViolation) as refusal:
        run(operation, **args)
    assert refusal.value.rule == "admin.sandbox.required"


def test_a_reset_empties_the_kernel_and_is_written_down(sandbox) -> None:
    run("jar.note", jar="J-1")
    run("admin.reset_operational_data")
    assert happened("admin.operational_data_reset").aggregate == "sandbox"


def test_ids_begin_anew_and_nobody_outside_remembers_old_ones(transactional_db, sandbox) -> None:
    ledger("cards").put("activation/ORD-000001/1", {"outcome": {"kind": "refused"}})
    run("admin.reset_operational_data")
    assert ledger("cards").get("activation/ORD-000001/1")

    assert run("admin.reset_operational_data", reset_sequences=True)["resetSequences"]
    assert ledger("cards").get("activation/ORD-000001/1") is None


def test_the_clock_is_set_for_all(transactional_db, sandbox) -> None:
    clock.pin(None)
    run("clock.freeze", at="2026-03-02T12:00:00Z")
    moved = run("clock.advance", duration="30d")

    assert moved["now"] == "2026-04-01T12:00:00+00:00"
    assert run("clock.unfreeze")["mode"] == "wall"
    assert StoredEvent.objects.filter(name="clock.set").count() == 3


def test_a_client_shows_its_token_once() -> None:
    made = run("client.create", name="channel-app", scopes=["jar.*", "jar.look"])

    assert ApiClient.presenting(made["token"]).name == "channel-app"
    assert "token" not in run("client.list")[0]
    assert made["token"] not in str(happened("client.created").payload)


def test_a_revoked_or_expired_client_is_nobody() -> None:
    made = run("client.create", name="a", scopes=["jar.*"])
    run("client.revoke", name="a")
    assert ApiClient.presenting(made["token"]) is None

    old = run("client.create", name="b", scopes=["*"], expires_at="2020-01-01T00:00:00Z")
    assert ApiClient.presenting(old["token"]) is None
    with pytest.raises(NotFound):
        run("client.revoke", name="nobody")


@pytest.mark.parametrize("scopes", [[], ["jar.brake"], ["jars.*"]])
def test_a_scope_must_name_something(scopes) -> None:
    with pytest.raises(PolicyViolation) as refusal:
        run("client.create", name="a", scopes=scopes)
    assert refusal.value.rule == "client.create.unknown_scope"


def test_staff_get_a_role_and_a_password_shown_once() -> None:
    made = run("staff.create", username="olga", email="olga@bss.test", role="care")

    user = User.objects.get(username="olga")
    assert user.check_password(made["password"])
    assert user.roles == ["care"]
    assert made["password"] not in str(happened("staff.created").payload)


def test_staff_get_a_role_that_exists() -> None:
    with pytest.raises(PolicyViolation) as refusal:
        run("staff.create", username="olga", email="o@bss.test", role="king")
    assert refusal.value.rule == "staff.create.unknown_role"


def test_done_work_is_not_changed() -> None:
    toy.moods.clear()
    run("jar.fill", jar="J-1", amount=5)
    (call,) = run("call.list", state="done")

    with pytest.raises(PolicyViolation) as refusal:
        run("call.discard", call_id=call["id"], reason="why not")
    assert refusal.value.rule == "work.change.not_open"
    with pytest.raises(NotFound):
        run("delivery.retry", delivery_id=999_999_999)


def test_calls_are_narrowed_and_counted() -> None:
    before = clock.real()
    toy.moods.clear()
    run("jar.fill", jar="J-1", amount=5)

    (call,) = run("call.list", state="any", since=before)
    count = {"gateway": call["gateway"], "method": call["method"], "calls": 1, "failures": 0}
    assert run("call.count", since=before) == [count]
    assert run("call.count", since=clock.real()) == []
    assert run("call.list", state="any", failures=True) == []


@pytest.mark.parametrize("name", ["call.list", "delivery.list"])
def test_lists_have_a_sensible_length(name: str) -> None:
    with pytest.raises(InvalidArguments, match="limit"):
        run(name, limit=-1)


def test_events_are_found_by_what_they_are_about() -> None:
    run("jar.note", jar="J-1", text="hello")
    run("jar.note", jar="J-2")

    (found,) = run("events.list", aggregate_id="J-1")
    assert found["summary"] == "hello"
    assert len(run("events.list", about="TOY-000001", aggregate_type="jar")) == 2
    assert run("audit.count_by_identity", service_identity="default") == {
        "identity": "default",
        "count": 2,
    }
    assert len(run("audit.events_by_identity", service_identity="default", limit=1)) == 1


def test_no_pattern_hands_out_access() -> None:
    held = frozenset({"effect:write", "staff.*", "client.*"})
    with context.acting(Context(actor="client:x", permissions=held)):
        for name in ("staff.create", "client.create"):
            with pytest.raises(PermissionDenied):
                run(name)


def test_nobody_hands_out_what_they_do_not_hold() -> None:
    held = frozenset({"client.create", "jar.*"})
    with context.acting(Context(actor="client:x", permissions=held)):
        run("client.create", name="a", scopes=["jar.*"])
        with pytest.raises(PolicyViolation) as refusal:
            run("client.create", name="b", scopes=["*"])
    assert refusal.value.rule == "client.create.scope_not_held"


def test_a_token_is_kept_nowhere() -> None:
    args = {"name": "a", "scopes": ["jar.*"]}
    made = invoke("client.create", args, key="k").result

    assert made["token"] not in str(list(Request.objects.values()))
    with pytest.raises(Conflict) as refusal:
        invoke("client.create", args, key="k")
    assert refusal.value.code == "request.answer_not_kept"


def test_whoever_says_not_who_they_are_may_do_nothing() -> None:
    with context.acting(context.NOBODY), pytest.raises(PermissionDenied):
        run("jar.note", jar="J-1")


def test_a_value_the_database_cannot_hold_is_the_callers_fault() -> None:
    with pytest.raises(InvalidArguments, match="cannot be stored"):
        invoke("jar.note", {"jar": "J" * 100})
