import json

import pytest

from bss.core.context import current
from bss.core.models import ApiClient, StoredEvent


@pytest.mark.parametrize(
    ("button", "code", "said"),
    [
        ("rule", 2, "POLICY_VIOLATION gadget.press.worn_out: The button is worn out."),
        ("missing", 3, "There is no gadget G-1."),
        ("conflict", 4, "Somebody presses it."),
    ],
)
def test_a_refusal_is_one_line_and_a_code(bss, press, button, code, said) -> None:
    ended = bss("gadget", "press", button)

    assert (ended.code, ended.err.splitlines()[0]) == (code, said)


def test_programs_get_the_problem_as_json(bss, press) -> None:
    ended = bss("gadget", "press", "rule", "--json")

    assert json.loads(ended.out)["reason"] == "gadget.press.worn_out"
    assert ended.code == 2


def test_a_bug_is_not_dressed_up(bss, press) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        bss("gadget", "press", "bug")


def test_an_answer_is_a_card(bss, press) -> None:
    ended = bss("gadget", "press", "red")

    assert ended.code == 0
    assert "G-1  ● ACTIVE" in ended.out


def test_a_call_takes_pairs(bss, press) -> None:
    ended = bss("call", "gadget.press", "button=red", "times=2", "--json")

    assert json.loads(ended.out)["times"] == 2
    assert bss("call", "gadget.press", "red").code == 2
    assert bss("call", "gadget.press", "colour=red").code == 2
    assert bss("call", "gadget.pull").code == 3


@pytest.fixture
def risky(gadget):
    done = []

    def blow(*, what: str) -> dict[str, str]:
        """Blow it up."""
        done.append((what, current().actor))
        return {"what": what}

    gadget("gadget.blow", blow, effect="destructive", roles="engineer")
    return done


def test_grave_things_ask_first_and_without_a_person_are_refused(bss, risky) -> None:
    ended = bss("gadget", "blow", "it")

    assert (ended.code, risky) == (2, [])
    assert "terminal.confirm.required" in ended.err


def test_a_yes_is_enough(bss, risky) -> None:
    assert bss("gadget", "blow", "it", "--yes").code == 0
    assert bss("gadget", "blow", "it", "--allow-destructive").code == 0
    assert risky == [("it", "operator"), ("it", "operator")]


@pytest.mark.parametrize(("typed", "code", "times"), [(True, 0, 2), (False, 2, 1)])
def test_a_person_sees_the_preview_and_decides(bss, risky, monkeypatch, typed, code, times) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("apps.cockpit.terminal.doing.typer.confirm", lambda words: typed)

    ended = bss("gadget", "blow", "it")

    assert ended.code == code
    assert "It cannot be taken back" in ended.out
    # The preview ran it once and took it back.
    assert len(risky) == times


def test_a_dry_run_changes_nothing(bss) -> None:
    words = ("client", "create", "partner", "--scopes", "usage.record")

    shown, told = bss(*words, "--dry-run"), bss(*words, "--dry-run", "--json")

    assert "PREVIEW" in shown.out
    assert json.loads(told.out)["operation"] == "client.create"
    assert not ApiClient.objects.exists()


def test_a_dry_run_of_a_refusal_says_so(bss) -> None:
    ended = bss("clock", "freeze", "--dry-run")

    assert (ended.code, "WOULD BE REFUSED" in ended.out) == (2, True)


def test_a_key_makes_it_safe_to_repeat(bss) -> None:
    words = ("customer", "create", "--name", "Ada", "--email", "ada@mail.test", "--json")

    first, second = (bss(*words, "--idempotency-key", "k1") for _ in range(2))

    assert json.loads(first.out)["id"] == json.loads(second.out)["id"]


def test_a_secret_is_shown_once(bss) -> None:
    words = ("client", "create", "partner", "--scopes", "usage.record", "--json")

    first, second = (bss(*words, "--idempotency-key", "k1") for _ in range(2))

    assert json.loads(first.out)["token"]
    assert second.code == 4
    assert ApiClient.objects.count() == 1


def test_acting_as_a_role_needs_a_sandbox(bss, press) -> None:
    ended = bss("gadget", "press", "red", "--as", "care")

    assert (ended.code, "terminal.as.sandbox_required" in ended.err) == (2, True)


def test_a_role_may_do_what_it_may(bss, press, risky, sandbox) -> None:
    assert bss("gadget", "press", "red", "--as", "care").code == 0
    assert bss("gadget", "blow", "it", "--as", "care", "--yes").code == 2
    assert bss("gadget", "blow", "it", "--as", "engineer", "--yes").code == 0


def test_a_person_acts_under_their_name(bss) -> None:
    bss("staff", "create", "olga", "olga@example.com", "admin")

    ended = bss(
        "inventory", "msisdn", "add-range", "--prefix", "8888", "--count", "3", "--as", "olga"
    )

    assert ended.code in (0, 2)
    assert bss("client", "list", "--as", "nobody").code == 3


def test_the_operator_is_named_in_the_log(bss) -> None:
    bss("inventory", "msisdn", "add-range", "8888", "3")

    event = StoredEvent.objects.get(name="inventory.msisdn.range_added")
    assert (event.actor, event.channel, event.service_identity) == ("operator", "cli", "default")


def test_what_nobody_has_answered_yet_is_pending(bss) -> None:
    customer = json.loads(
        bss("customer", "create", "--name", "Ben", "--email", "b@x.org", "--json").out
    )["id"]
    card = json.loads(bss("payment", "add-card", customer, "4000UNKNOWN1111", "--json").out)["id"]
    words = ("--reason", "a test", "--yes")

    ended = bss("payment", "charge", customer, card, "5.00", *words)

    assert (ended.code, "UNKNOWN" in ended.out) == (4, True)
    assert "has not answered yet" in ended.err
