"""`bss subscriber import`: files of any length, tried first, interrupted, corrected, sent again."""

import json

import pytest

from apps.cockpit.terminal.own import parts, subscribers
from apps.crm.models import Customer
from apps.subscription.models import Subscription
from apps.subscription.tests.factories import make_stock
from apps.subscription.tests.subscribers import a_file, subscriber

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of two rows."""
    monkeypatch.setattr(parts.parts_of, "__defaults__", (2,))


@pytest.fixture
def write(tmp_path):
    make_stock()

    def written(*rows):
        path = tmp_path / "former.csv"
        path.write_text(a_file(*rows))
        return str(path)

    return written


def told(ended):
    return json.loads(ended.out)


def test_a_long_file_is_taken_over_part_by_part(bss, write, small_parts):
    path = write(*(subscriber(number) for number in range(1, 6)))

    ended = bss("subscriber", "import", path, "--json")

    assert (ended.code, told(ended)["imported"]) == (0, 5)
    again = told(bss("subscriber", "import", path, "--json"))
    assert (again["imported"], again["skipped"]) == (0, 5)
    assert Subscription.objects.count() == 5


def test_refused_rows_are_shown_with_line_and_column_and_written_down(
    bss, write, small_parts, tmp_path
):
    rows = [subscriber(number) for number in range(1, 6)]
    rows[3] = subscriber(4, nickname='"two\nlines"', msisdn="abc")
    rows[4] = subscriber(5, offering="PLAN_X")
    path = write(*rows)

    ended = bss("subscriber", "import", path, "--errors", str(tmp_path / "errors.csv"))

    assert ended.code == 2
    assert "3 taken over, 0 there already, 2 refused" in " ".join(ended.out.split())
    header, first, second = (tmp_path / "errors.csv").read_text().splitlines()
    assert header == "line,column,value,error"
    assert first.startswith("6,msisdn,abc,")
    assert second.startswith("7,offering,PLAN_X,")


def test_it_goes_on_where_it_was_interrupted(bss, write, small_parts, monkeypatch):
    path = write(*(subscriber(number) for number in range(1, 6)))
    invoke, sent = subscribers.invoke, []

    def dying(*args, **kwargs):
        sent.append(args)
        if len(sent) == 2:
            raise KeyboardInterrupt
        return invoke(*args, **kwargs)

    monkeypatch.setattr(subscribers, "invoke", dying)
    bss("subscriber", "import", path)
    assert Subscription.objects.count() == 2
    monkeypatch.undo()

    assert told(bss("subscriber", "import", path, "--json"))["imported"] == 3
    assert Customer.objects.count() == Subscription.objects.count() == 5


def test_a_trial_finds_everything_and_changes_nothing(bss, write, small_parts):
    rows = [subscriber(number) for number in range(1, 6)]
    rows[2]["offering"] = "PLAN_X"
    rows[4] |= {"msisdn": rows[0]["msisdn"], "email": rows[1]["email"].upper()}
    path = write(*rows)

    ended = bss("subscriber", "import", path, "--dry-run", "--json")

    seen = told(ended)
    assert (seen["imported"], seen["refused"], ended.code) == (3, 2, 2)
    assert [(one["line"], one["column"]) for one in seen["errors"]] == [
        (4, "offering"),
        (6, "email"),
    ]
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"name\n\xff\xfe", "decode"),
        (b"customer_reference,name\nC-1,A\x00da\n", "line 2 holds control characters"),
        (b"", "at least customer_reference, name"),
        (b"customer_reference,name,shoe_size\nC-1,Ada,42\n", "nobody knows 'shoe_size'"),
    ],
)
def test_what_is_no_such_file_is_refused(bss, tmp_path, content, words):
    path = tmp_path / "former.csv"
    if content is not None:
        path.write_bytes(content)
    ended = bss("subscriber", "import", str(path))
    assert ended.code != 0
    assert words in " ".join(ended.err.split())


def test_only_some_may_import(bss, write, sandbox):
    ended = bss("subscriber", "import", write(subscriber(1)), "--as", "care")
    assert ended.code != 0
    assert not Customer.objects.exists()
