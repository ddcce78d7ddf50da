"""People for tests, made through the operations a colleague would use."""

from itertools import count
from typing import Any

from apps.crm.models import Agent
from bss.core.operations import invoke, run

_numbers = count(1)


def make_customer(**overrides: Any) -> str:
    """The id of a new customer, whose identity is not proven."""
    number = next(_numbers)
    person: dict[str, Any] = {
        "name": f"Ada Tan {number}",
        "email": f"ada{number}@mail.test",
        "phone": f"+65910{number:05d}",
    }
    return str(create(**person | overrides)["id"])


def create(**args: Any) -> Any:
    """What `customer.create` answers."""
    return invoke("customer.create", args).result


def make_verified_customer(**overrides: Any) -> str:
    """The id of a new customer who may order."""
    customer_id = make_customer(**overrides)
    attest(customer_id)
    return customer_id


def attest(customer_id: str, **overrides: Any) -> Any:
    """Prove a customer's identity with a proof nobody else has."""
    proof = {"provider": "prebaked", "attestation_token": f"signed-{next(_numbers)}"}
    return run("customer.attest_kyc", customer_id=customer_id, **proof | overrides)


def letters_to(customer_id: str) -> list[Any]:
    """What a customer was told since they were welcomed, newest first."""
    letters = run("notification.list", customer_id=customer_id)
    return [letter for letter in letters if letter["template"] != "welcome"]


def make_agent(agent_id: str = "AGT-001", **overrides: Any) -> str:
    """The id of a colleague, added unless already there."""
    colleague = {"name": "Alice Tan", "email": f"{agent_id.lower()}@bss.test", "role": "csr"}
    Agent.objects.get_or_create(id=agent_id, defaults=colleague | overrides)
    return agent_id


def make_case(**overrides: Any) -> str:
    """The id of a new case."""
    if "customer_id" not in overrides:
        overrides["customer_id"] = make_customer()
    return str(run("case.open", **{"subject": "No data", **overrides})["id"])


def make_ticket(**overrides: Any) -> str:
    """The id of a new ticket."""
    if not overrides.keys() & {"customer_id", "case_id"}:
        overrides["customer_id"] = make_customer()
    wanted = {"ticket_type": "service_outage", "subject": "No data in Jurong"}
    return str(run("ticket.open", **wanted | overrides)["id"])
