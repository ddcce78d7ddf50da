"""The simulated network and the simulated SM-DP+, each with books of its own.

Every command carries its key, its owner and the sequence of its order. A key is carried out once.
A command of an order older than the newest one seen for the same owner is refused: it was on its
way when somebody already decided otherwise.
"""

from __future__ import annotations

from typing import Any

from bss.core.calls import Outcome, refused, register_gateway, sends, succeeded
from bss.core.simulated import Simulator, delay, ledger

from . import rules


class TaskSimulator(Simulator):
    """What both simulators do alike: take their time, misbehave when told, keep books."""

    timeout = 10.0

    def misbehave(self, key: str, command: dict[str, Any]) -> Outcome | None:
        """Take the time of the task; the refusal, when a fault strikes this attempt."""
        faults = rules.draw(command["faults"], key, command["task_attempt"])
        delay(rules.duration(command["task_type"], faults))
        if faults.stuck:
            return refused("no_answer", "The network took the command and never answered.")
        if faults.failing:
            return refused("network_error", "The network reported an error.")
        return None

    def carry_out(self, key: str, entry: dict[str, Any]) -> Outcome:
        """Write a command into the books, once, with its place in the order of arrival."""
        entry = {**entry, "reference": key, "arrival": self.books.count("arrivals")}
        return succeeded(**self.books.record_once(f"done/{key}", entry))


class NetworkSimulator(TaskSimulator):
    """HLR, PCRF and OCS in one."""

    book = "network"

    @sends(on_unknown="look_up", tells_unknown=True)
    def execute(self, *, key: str, attempt: int, **command: Any) -> Outcome:
        """Carry out one task for one owner."""
        trouble = self.misbehave(key, command) or self.overtaken(command)
        if trouble:
            return trouble
        changes = rules.effect(command["task_type"], command)
        names = ("owner", "msisdn", "iccid", "task_type", "action", "sequence")
        told = {name: command.get(name) for name in names}
        return self.carry_out(key, {**told, "changes": changes})

    def overtaken(self, command: dict[str, Any]) -> Outcome | None:
        """Refuse a command of an older order; remember the newest one seen."""
        fence = f"newest/{command['owner']}"
        newest = (self.books.get(fence) or {"sequence": 0})["sequence"]
        if command["sequence"] < newest:
            return refused("overtaken", "A newer order for this subscriber was carried out.")
        if command["sequence"] > newest:
            self.books.put(fence, {"sequence": command["sequence"]})
        return None


class EsimSimulator(TaskSimulator):
    """An SM-DP+ with the ES2+ functions that an operator needs."""

    book = "esim"

    @sends(on_unknown="look_up", tells_unknown=True)
    def prepare(self, *, key: str, attempt: int, **command: Any) -> Outcome:
        """Order, confirm and release a profile, so that a device may download it."""
        trouble = self.misbehave(key, command)
        if trouble:
            return trouble
        code = command["activation_code"]
        if self.books.get(f"void/{code}"):
            return refused("void", "This activation code was withdrawn.")
        return self.carry_out(key, {"iccid": command["iccid"], "code": code, "state": "released"})

    @sends(on_unknown="look_up")
    def recall(self, *, key: str, attempt: int, iccid: str, activation_code: str) -> Outcome:
        """Cancel an order: from now on the code is void, even if the order arrives later."""
        delay(rules.DEFAULT_DURATION)
        self.books.put(f"void/{activation_code}", {"iccid": iccid})
        return self.carry_out(key, {"iccid": iccid, "code": activation_code, "state": "available"})

    @sends(on_unknown="look_up")
    def delete(self, *, key: str, attempt: int, iccid: str, activation_code: str) -> Outcome:
        """Forget a profile that a device has used."""
        delay(rules.DEFAULT_DURATION)
        return self.carry_out(key, {"iccid": iccid, "code": activation_code, "state": "deleted"})


def entries(book: str) -> list[dict[str, Any]]:
    """Everything a provider carried out, in the order of arrival."""
    done = [entry for key, entry in ledger(book).all().items() if key.startswith("done/")]
    return sorted(done, key=lambda entry: entry["arrival"])


def subscribers() -> dict[str, dict[str, Any]]:
    """What the network believes about each owner: number, eSIM, provisioned, barred, policy."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries("network"):
        line = found.setdefault(
            entry["owner"], {"provisioned": False, "barred": False, "policy": None}
        )
        line.update(entry["changes"], msisdn=entry["msisdn"], iccid=entry["iccid"])
    return found


def profiles() -> dict[str, dict[str, Any]]:
    """What the SM-DP+ believes about each profile: its state and its code."""
    return {
        entry["iccid"]: {"state": entry["state"], "code": entry["code"]}
        for entry in entries("esim")
    }


register_gateway("network", "simulator", NetworkSimulator)
register_gateway("esim", "simulator", EsimSimulator)
