import threading

import pytest
from django.db import connection
from ninja.testing import TestClient

from apps.rating.api import USAGE
from apps.rating.api.intake import Merger, Ticket
from apps.rating.tests.factories import event
from apps.subscription.tests.factories import MB, bucket, exhaust, make_line, the
from bss.core.errors import InvalidArguments
from bss.core.operations import run
from bss.tmf.routes import router_of

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture(scope="module")
def api():
    return TestClient(router_of(USAGE))


def test_one_event(api):
    line = make_line()
    answer = api.post("/usage", json=event(line, 100))
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["subscriptionId"]) == ("rated", line)
    assert bucket(line).used == 100 * MB


def test_one_event_as_tmf635_spells_it(api):
    line = make_line()
    body = {
        "id": "cdr-tmf",
        "usageType": "data",
        "usageDate": the(line).activated_at.isoformat(),
        "usageCharacteristic": [
            {"name": "msisdn", "value": the(line).msisdn},
            {"name": "quantity", "value": 5},
            {"name": "unit", "value": "mb"},
        ],
    }
    shown = api.post("/usage", json=body).json()
    assert (shown["eventKey"], shown["usageType"]) == ("cdr-tmf", "data")
    assert {"name": "quantity", "value": 5} in shown["usageCharacteristic"]
    assert bucket(line).used == 5 * MB


def test_a_repeat_is_answered_with_what_was_counted(api):
    line = make_line()
    one = event(line, 100)
    first, again = api.post("/usage", json=one), api.post("/usage", json=one)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert bucket(line).used == 100 * MB


def test_a_request_key_stands_in_for_an_id(api):
    line = make_line()
    one = event(line, 100)
    del one["event_key"]
    headers = {"Idempotency-Key": "post-1"}
    first, again = (api.post("/usage", json=one, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert bucket(line).used == 100 * MB


def test_a_list_is_answered_one_by_one(api):
    line = make_line()
    answer = api.post("/usage", json=[event(line, 1), event(line, 0), event(line, 2)])
    assert answer.status_code == 200
    assert [one["status"] for one in answer.json()] == ["accepted", "rejected", "accepted"]


def test_a_refusal(api, refused):
    line = make_line()
    exhaust(line)
    with refused("usage.record.subscription_must_be_active"):
        api.post("/usage", json=event(line))


def test_what_nothing_covers_abroad(api):
    answer = api.post("/usage", json=event(make_line(), roaming_indicator=True))
    assert (answer.status_code, answer.json()["status"]) == (201, "rejected")


def test_reading_it_back(api):
    line = make_line()
    api.post("/usage", json=event(line, 7))
    (shown,) = api.get(f"/usage?subscriptionId={line}").json()
    assert shown["quantity"] == 7
    assert api.get(f"/usage/{shown['id']}").json() == shown


def test_an_id_that_stands_for_another_event_is_refused(api, refused):
    line = make_line()
    one = event(line, 5)
    api.post("/usage", json=one)

    with refused("usage.record.id_used_once"):
        api.post("/usage", json=one | {"quantity": 6})
    assert bucket(line).used == 5 * MB


@pytest.mark.parametrize("named", [5, "x", {"name": "unit"}, True])
def test_characteristics_are_a_list(api, named):
    with pytest.raises(InvalidArguments, match="usageCharacteristic"):
        api.post("/usage", json={"usageCharacteristic": named})


def test_a_client_needs_a_token_that_may(client):
    line = make_line()
    url = "/tmf-api/usageManagement/v4/usage"

    def post(token):
        return client.post(
            url,
            event(line, 3),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    mediation = run("client.create", name="mediation", scopes=["usage.record"])
    reader = run("client.create", name="reader", scopes=["effect:read"])
    assert post("made-up").status_code == 401
    assert post(reader["token"]).status_code == 403
    assert post(mediation["token"]).status_code == 201
    assert bucket(line).used == 3 * MB


def test_events_posted_meanwhile_become_one_batch():
    """While the first writes, the others gather; nobody waits for more than two batches."""
    batches, entered, go_on = [], threading.Event(), threading.Event()

    def write(events):
        batches.append(len(events))
        entered.set()
        go_on.wait(2)
        return [{"seen": one["n"]} for one in events]

    merger, answers = Merger(write), {}

    def post(number):
        answers[number] = merger.post({"n": number})["seen"]

    threads = [threading.Thread(target=post, args=(number,)) for number in range(9)]
    threads[0].start()
    entered.wait(2)
    for thread in threads[1:]:
        thread.start()
    while len(merger.waiting) < 8:
        threading.Event().wait(0.001)
    go_on.set()
    for thread in threads:
        thread.join(2)
    assert batches == [1, 8]
    assert answers == {number: number for number in range(9)}


@pytest.mark.django_db(transaction=True)
def test_who_waits_holds_no_connection():
    entered, asked, go_on, held = *[threading.Event() for _ in range(3)], []

    def write(events):
        entered.set()
        go_on.wait(5)
        return events

    merger = Merger(write)

    def post():
        connection.ensure_connection()
        held.append(connection.connection)
        asked.set()
        merger.post({"n": 2})

    threads = [
        threading.Thread(target=merger.post, args=({"n": 1},)),
        threading.Thread(target=post),
    ]
    threads[0].start()
    entered.wait(5)
    threads[1].start()
    asked.wait(5)
    for _ in range(2000):
        if not held[0].closed:
            threading.Event().wait(0.001)
    closed = held[0].closed
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert closed


def test_a_bad_event_fails_alone():
    def write(events):
        if {"n": 2} in events:
            raise ValueError("two")
        return events

    merger = Merger(write)
    tickets = [Ticket({"n": number}) for number in range(4)]
    merger.settle(tickets)
    assert [ticket.error is None for ticket in tickets] == [True, True, False, True]
    with pytest.raises(ValueError, match="two"):
        merger.post({"n": 2})
