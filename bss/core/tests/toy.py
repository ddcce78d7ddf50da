"""A toy business for the kernel's own tests: a jar that can be filled through a bank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bss.core.calls import (
    Gateway,
    NotSent,
    Outcome,
    Unknown,
    refused,
    register_gateway,
    request_call,
    sends,
    succeeded,
)
from bss.core.errors import rule
from bss.core.events import Event, on, on_any, publish
from bss.core.registry import operation

TOO_MUCH = rule("jar.fill.too_much", "A jar takes at most 100, not {amount}.")
heard: list[Any] = []
sent: list[str] = []
moods: list[str] = []
price = [1]


@dataclass(frozen=True, kw_only=True)
class JarFilled(Event):
    name: ClassVar[str] = "jar.filled"
    jar: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class JarPassedOn(Event):
    name: ClassVar[str] = "jar.passed_on"
    jar: str


class Bank(Gateway):
    """Answers as `moods` says, then succeeds."""

    @sends(on_unknown="look_up", tells_unknown=True)
    def pay(self, *, key: str, attempt: int, amount: int) -> Outcome:
        sent.append(key)
        mood = moods.pop(0) if moods else "ok"
        if mood == "refused":
            return refused("no_money", "not enough")
        if mood == "unknown":
            raise Unknown("timed out")
        if mood == "not_sent":
            raise NotSent("connection refused")
        return succeeded(reference=f"bank-{key}")

    def look_up(self, *, key: str, method: str, args: dict[str, Any]) -> Outcome | None:
        return succeeded(reference="found") if "found" in moods else None


register_gateway("toybank", "simulator", Bank)


def read_jar(jar: str) -> dict[str, Any]:
    return {"jar": jar, "heard": len(heard)}


@dataclass
class Jar:
    public_id: str


@operation("jar.fill", effect="charge", roles="care", result=read_jar)
def fill(*, jar: str, amount: int) -> Jar:
    """Fill a jar from the bank."""
    if amount > 100:
        raise TOO_MUCH(amount=amount)
    request_call(
        gateway="toybank",
        method="pay",
        key=f"{jar}/{amount}",
        args={"amount": amount},
        then="jar.settle",
        then_args={"jar": jar, "amount": amount},
        queue="money",
        shown={"amount": amount * price[0]},
    )
    return Jar(jar)


@operation("jar.settle", effect="charge", internal=True)
def settle(*, jar: str, amount: int, outcome: Outcome) -> None:
    """Put what was paid into the jar."""
    heard.append(("settled", outcome.kind))
    if outcome.succeeded:
        publish(JarFilled(jar=jar, amount=amount), aggregate=jar, about="TOY-000001")


@operation("jar.note", roles="care")
def note(*, jar: str, text: str = "") -> dict[str, str]:
    """Write on a jar."""
    noted = JarFilled(jar=jar, amount=price[0] - 1)
    publish(noted, aggregate=jar, about="TOY-000001", summary=text)
    return {"jar": jar, "text": text}


@operation("jar.look", effect="read", roles="care")
def look(*, jar: str) -> dict[str, str]:
    """Look at a jar."""
    return {"jar": jar}


@operation("jar.sneak", effect="write")
def sneak(*, jar: str) -> Jar:
    """Try to charge from a mere write."""
    return fill(jar=jar, amount=1)


@on(JarFilled, queue="mail")
def hear(event: JarFilled) -> None:
    if moods and moods[0] == "handler breaks":
        raise ValueError("handler broke")
    heard.append(("heard", event.jar, event.amount, event.record.actor))
    if event.record.summary == "pass it on":
        publish(JarPassedOn(jar=event.jar), aggregate=event.jar)


@on(JarPassedOn)
def hear_on(event: JarPassedOn) -> None:
    heard.append(("passed on", event.jar))


@on_any(about="TOY-", queue="mail")
def hear_all(records: list[Any]) -> None:
    for record in records:
        heard.append(("any", record.aggregate, record.id))
    if "pass many on" in moods:
        publish(JarPassedOn(jar=records[0].aggregate), aggregate=records[0].aggregate)
    if "one of many breaks" in moods and len(records) > 1:
        raise ValueError("too many at once")
