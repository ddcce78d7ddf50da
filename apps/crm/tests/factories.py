"""People for tests, made through the operations a colleague would use."""

from itertools import count
from typing import Any

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
