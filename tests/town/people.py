"""Makes the people of a town: `python -m tests.town.people COUNT CARD …` prints ids and a token."""

from __future__ import annotations

import json
import sys

import django


def main(count: int, cards: list[str]) -> None:
    """Verified customers, their cards in turn out of a list, and a client that may order."""
    from apps.crm.tests.factories import make_verified_customer
    from bss.core.operations import run, run_internal
    from bss.core.work import drain_everything

    people = []
    for number in range(count):
        customer, card = make_verified_customer(), cards[number % len(cards)]
        run("payment.add_card", customer_id=customer, card_number=card)
        people.append({"id": customer, "card": card})
    run_internal("provisioning.seed", {"numbers": 2000, "esims": 2000})
    client = run("client.create", name="town", scopes=["*"])
    drain_everything()
    print(json.dumps({"people": people, "token": client["token"]}))


if __name__ == "__main__":
    django.setup()
    from tests.town.engineer import engineer

    with engineer():
        main(int(sys.argv[1]), sys.argv[2:])
