import json

import pytest
from django.test import Client

from apps.crm.tests.factories import make_customer
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")

CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
INDIVIDUALS = "/tmf-api/party/v4/individual"
TICKETS = "/tmf-api/troubleTicket/v4/troubleTicket"


@pytest.fixture
def api():
    token = run("client.create", name="desk", scopes=["*"])["token"]
    return Client(headers={"Authorization": f"Bearer {token}"})


def send(api, path, body, method="POST"):
    return api.generic(method, path, json.dumps(body), content_type="application/json")


def person(api):
    return send(api, INDIVIDUALS, {"givenName": "Ann", "familyName": "Lee"}).json()["id"]


def becoming(individual, address="ann@mail.test"):
    medium = {"mediumType": "email", "characteristic": {"emailAddress": address}}
    party = {"id": individual, "@referredType": "Individual"}
    return {"name": "Ann Lee", "engagedParty": party, "contactMedium": [medium]}


def test_one_customer(api):
    customer_id = make_customer()
    body = api.get(f"{CUSTOMERS}/{customer_id}").json()
    assert (body["id"], body["status"]) == (customer_id, "active")


def test_customers_page_by_page(api):
    people = [make_customer() for _ in range(3)]

    first = api.get(f"{CUSTOMERS}?status=active&limit=2").json()
    rest = api.get(f"{CUSTOMERS}?status=active&offset=2").json()

    assert [customer["id"] for customer in first + rest] == people


def test_nobody(api):
    assert api.get(f"{CUSTOMERS}/CUST-999999").status_code == 404


def test_a_person_becomes_a_customer_once(api):
    individual = person(api)
    made = send(api, CUSTOMERS, becoming(individual)).json()
    assert made["engagedParty"]["id"] == individual
    again = send(api, CUSTOMERS, becoming(individual, "other@mail.test"))
    assert again.json()["code"] == "customer.create.individual_is_customer"
    refused = api.delete(f"{INDIVIDUALS}/{individual}")
    assert refused.json()["code"] == "individual.remove.is_customer"
    closed = api.delete(f"{CUSTOMERS}/{made['id']}")
    assert (closed.status_code, api.get(f"{CUSTOMERS}/{made['id']}").status_code) == (204, 404)
    assert run("customer.get", customer_id=made["id"])["status"] == "closed"
    assert api.delete(f"{INDIVIDUALS}/{individual}").status_code == 204


def test_what_becomes_of_a_customer(api):
    address = send(api, CUSTOMERS, becoming(person(api))).json()["href"]
    phone = {"mediumType": "phone", "characteristic": {"phoneNumber": "+6591234567"}}
    media = [*becoming("")["contactMedium"], phone]
    wanted = {"name": "Bo Li", "status": "suspended", "contactMedium": media}
    shown = send(api, address, wanted, "PATCH").json()
    assert (shown["name"], shown["status"]) == ("Bo Li", "suspended")
    assert [one["mediumType"] for one in shown["contactMedium"]] == ["email", "phone"]
    assert send(api, address, {"status": "purple"}, "PATCH").status_code == 400


def test_a_name_of_nobody_is_no_change(api):
    address = f"{INDIVIDUALS}/{person(api)}"
    refused = send(api, address, {"givenName": None}, "PATCH")
    assert refused.status_code == 400
    corrected = send(api, address, {"birthDate": "1990-02-03T00:00:00Z"}, "PATCH").json()
    assert corrected["birthDate"] == "1990-02-03T00:00:00+00:00"


def test_a_ticket_is_opened_changed_and_cancelled(api):
    party = [{"id": make_customer(), "role": "customer", "@referredType": "Customer"}]
    body = {"description": "No data", "severity": "high", "ticketType": "technical"}
    made = send(api, TICKETS, {**body, "relatedParty": party, "externalId": "E-1"})
    ticket = made.json()
    assert (made.status_code, ticket["status"], ticket["externalId"]) == (
        201,
        "acknowledged",
        "E-1",
    )
    assert send(api, TICKETS, body).status_code == 400
    raised = send(api, ticket["href"], {"severity": "critical"}, "PATCH").json()
    assert raised["priority"] == "critical"
    assert (
        send(api, ticket["href"], {"status": "cancelled"}, "PATCH").json()["status"] == "cancelled"
    )
