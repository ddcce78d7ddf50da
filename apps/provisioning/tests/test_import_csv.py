"""Files of stock: good lines are added, each wrong one is named, and a repeat adds nothing."""

import pytest

from apps.provisioning.models import EsimProfile, Number
from apps.provisioning.rules import IMPORT_ROWS
from bss.core.errors import PolicyViolation
from bss.core.models import StoredEvent
from bss.core.operations import run

from .factories import make_esims

pytestmark = pytest.mark.usefixtures("committed")
HEADER = "iccid,imsi,ki_ref,smdp_server\n"


def esim_line(number, **changes):
    row = {
        "iccid": f"8910101{number:012d}",
        "imsi": f"525010000{number:06d}",
        "ki_ref": f"hsm://ref/{number}",
        "smdp_server": "smdp.test",
    }
    return ",".join((row | changes).values()) + "\n"


def import_numbers(text):
    return run("inventory.msisdn.import_csv", text=text)


def import_esims(*lines):
    return run("inventory.esim.import_csv", text=HEADER + "".join(lines))


def refused_rule(name, text):
    with pytest.raises(PolicyViolation) as refusal:
        run(name, text=text)
    return refusal.value.rule


def test_numbers_are_added_and_wrong_lines_are_named():
    told = import_numbers("msisdn\n80000001\n\n80000002\nabc\n80000001\n+6580000003\n")

    assert told == {
        "rows": 5,
        "inserted": 2,
        "skipped": 1,
        "first": "80000001",
        "last": "80000002",
        "errors": [
            {
                "line": 5,
                "column": "msisdn",
                "value": "abc",
                "error": "msisdn must be 7 to 15 digits, not 'abc'",
            },
            {
                "line": 7,
                "column": "msisdn",
                "value": "+6580000003",
                "error": "msisdn must be 7 to 15 digits, not '+6580000003'",
            },
        ],
    }
    assert Number.objects.available().count() == 2
    event = StoredEvent.objects.get(name="inventory.msisdn.imported")
    assert event.payload["inserted"] == 2


def test_sending_a_file_again_adds_only_what_is_missing():
    import_numbers("msisdn\n80000001\n")
    told = import_numbers("MSISDN\n80000001\n80000002\n")
    assert (told["inserted"], told["skipped"]) == (1, 1)
    assert import_numbers("msisdn\n80000001\n80000002\n")["inserted"] == 0


def test_profiles_are_added_once():
    first = import_esims(esim_line(1), esim_line(2))
    again = import_esims(esim_line(1), esim_line(2), esim_line(3))

    assert (first["inserted"], again["inserted"], again["skipped"]) == (2, 1, 2)
    assert EsimProfile.objects.available().count() == 3
    assert len(set(EsimProfile.objects.values_list("matching_id", flat=True))) == 3


def test_profiles_that_contradict_what_is_known_are_named():
    make_esims(1)
    told = import_esims(
        esim_line(0, imsi="525019999999999"),
        esim_line(7, imsi="525010000000000"),
        esim_line(8),
        esim_line(9, imsi="525010000000008"),
    )

    assert (told["inserted"], told["skipped"]) == (1, 0)
    assert [(one["line"], one["error"].split()[-2:]) for one in told["errors"]] == [
        (2, ["another", "IMSI"]),
        (3, ["another", "profile"]),
        (5, ["another", "profile"]),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("iccid", "7910101000000000001"),
        ("imsi", "52501"),
        ("ki_ref", "0123456789ABCDEF0123456789abcdef"),
        ("ki_ref", ""),
        ("smdp_server", "not a server"),
    ],
)
def test_a_wrong_profile_is_named(column, value):
    told = import_esims(esim_line(1, **{column: value}), esim_line(2))
    assert (told["inserted"], len(told["errors"])) == (1, 1)
    assert told["errors"][0]["error"].startswith(f"{column} must be")


def test_the_columns_may_come_in_any_order():
    text = (
        "smdp_server, imsi ,iccid,ki_ref\nsmdp.test,525010000000001,8910101000000000001,hsm://1\n"
    )
    assert run("inventory.esim.import_csv", text=text)["inserted"] == 1


def test_a_file_of_something_else_is_refused():
    assert refused_rule("inventory.msisdn.import_csv", "number\n1\n") == "inventory.import.bad_file"
    assert refused_rule("inventory.esim.import_csv", "") == "inventory.import.bad_file"
    long = "msisdn\n" + "80000001\n" * (IMPORT_ROWS + 1)
    assert refused_rule("inventory.msisdn.import_csv", long) == "inventory.import.bad_file"


def test_profiles_are_counted():
    make_esims(3)
    counts = run("inventory.esim.count")
    assert (counts["available"], counts["deleted"], counts["total"]) == (3, 0, 3)
