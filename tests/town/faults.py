"""Lets the network misbehave: `python -m tests.town.faults PROBABILITY TASK=FAULT …`."""

from __future__ import annotations

import sys

import django


def main(probability: str, faults: list[str]) -> None:
    """Switch on each fault for that share of the tasks."""
    from bss.core.operations import run

    for fault in faults:
        task_type, fault_type = fault.split("=")
        run(
            "provisioning.set_fault_injection",
            task_type=task_type,
            fault_type=fault_type,
            enabled=True,
            probability=float(probability),
        )
    print("{}")


if __name__ == "__main__":
    django.setup()
    from tests.town.engineer import engineer

    with engineer():
        main(sys.argv[1], sys.argv[2:])
