"""Where our rows, the simulated providers' own books and the invariants disagree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from apps.crm.gateways import Mailbox
from apps.crm.models import Interaction, Notification
from apps.payments.models import Payment, Refund
from apps.provisioning.gateways import profiles, subscribers
from apps.provisioning.models import EsimProfile
from apps.subscription.models import Subscription
from bss.core import invariants, work
from bss.core.simulated import ledger

OFFERED = {"released", "downloaded", "installed", "enabled", "disabled"}


def complaints() -> list[str]:
    """Everything that is not as it should be once all work is done."""
    found = (open_work(), broken(), money(), network(), esims(), letters(), log_order())
    return [complaint for group in found for complaint in group]


def open_work() -> Iterator[str]:
    """Deliveries and calls that nobody finished, parked ones too."""
    for kind, count in work.open_work().items():
        yield f"{count} × {kind}"


def broken() -> Iterator[str]:
    """Invariants that do not hold."""
    for verdict in invariants.check(full=True):
        if not verdict.holds:
            yield f"{verdict.name}: {verdict.broken[:3]}"


def money() -> Iterator[str]:
    """The bank and we agree on every amount that was taken, reserved or given back."""
    books = ledger("cards").all()
    ends = {
        key.removeprefix("end:"): entry["how"]
        for key, entry in books.items()
        if key.startswith("end:")
    }
    taken = {
        key.removeprefix("token:"): entry["amount"]
        for key, entry in books.items()
        if key.startswith("token:")
    }
    yield from differences(
        "captured",
        {reference: taken[reference] for reference, how in ends.items() if how == "captured"},
        amounts_of(Payment.objects.filter(state="captured", amount__gt=0)),
    )
    yield from differences(
        "voided",
        {reference: taken[reference] for reference, how in ends.items() if how == "voided"},
        amounts_of(Payment.objects.filter(state="voided", amount__gt=0)),
    )
    kept = Payment.objects.filter(state__in=("authorised", "unknown"), amount__gt=0)
    # A capture that the bank refused leaves the amount reserved until it lapses there.
    lapsing = Payment.objects.filter(state="declined").exclude(reference="")
    known = set(amounts_of(kept)) | set(amounts_of(lapsing))
    for reference in taken.keys() - ends.keys() - known:
        yield f"{reference} is reserved at the bank and nobody knows why"
    yield from differences("given back", given_back(books), refunds())


def amounts_of(payments: Any) -> dict[str, int]:
    """Amounts by the bank's reference."""
    return dict(payments.values_list("reference", "amount"))


def given_back(books: dict[str, Any]) -> Counter[int]:
    """Amounts that the bank gave back, and how often."""
    outcomes = [e["outcome"] for key, e in books.items() if re.search(r"/refund/\d+$", key)]
    return Counter(each["data"]["amount"] for each in outcomes if each["kind"] == "succeeded")


def refunds() -> Counter[int]:
    """Amounts that we think were given back, and how often."""
    return Counter(Refund.objects.filter(state="succeeded").values_list("amount", flat=True))


def differences(what: str, theirs: Any, ours: Any) -> Iterator[str]:
    """What only one side has, or both have differently; theirs is there, ours is here."""
    for key in sorted(theirs.keys() | ours.keys(), key=str):
        if theirs.get(key) != ours.get(key):
            yield f"{what} {key}: {theirs.get(key)} there, {ours.get(key)} here"


def network() -> Iterator[str]:
    """The network serves exactly the lines that we serve, and bars those that are blocked."""
    lines = {line.public_id: line for line in Subscription.objects.all()}
    served: Counter[str] = Counter()
    for owner, known in subscribers().items():
        line = lines.pop(owner, None)
        if line is None:
            yield f"the network knows {owner}, we do not"
            continue
        served[known["msisdn"]] += known["provisioned"]
        yield from disagreements(line, known)
    for line in lines.values():
        if line.is_live:
            yield f"{line} is {line.state} and unknown to the network"
    for msisdn, count in served.items():
        if count > 1:
            yield f"the network serves {msisdn} on {count} lines"


def disagreements(line: Subscription, known: dict[str, Any]) -> Iterator[str]:
    """Where the network has one line otherwise than we."""
    if known["provisioned"] != line.is_live:
        yield f"{line} is {line.state}, in the network provisioned={known['provisioned']}"
    if not line.is_live:
        return
    ours = (line.state in ("blocked", "suspended"), line.msisdn, line.iccid)
    theirs = (known["barred"], known["msisdn"], known["iccid"])
    if ours != theirs:
        yield f"{line} is {ours}, in the network {theirs}"


def esims() -> Iterator[str]:
    """The SM-DP+ offers exactly the profiles that we gave out."""
    books = profiles()
    ours = {esim.iccid: esim for esim in EsimProfile.objects.filter(~Q(state="available"))}
    for iccid in books.keys() | ours.keys():
        esim, said = ours.get(iccid), books.get(iccid, {"state": "unknown", "code": ""})
        offered = esim is not None and esim.state in OFFERED
        if offered != (said["state"] == "released"):
            state = esim.state if esim else "available"
            yield f"eSIM {iccid} is {state}, at the SM-DP+ {said['state']}"
        elif esim is not None and offered and esim.activation_code != said["code"]:
            yield f"eSIM {iccid} has another code at the SM-DP+"


def letters() -> Iterator[str]:
    """Every notification left once, and no letter left without one."""
    box = Mailbox()
    written = Counter(keys_of(path.read_text() for path in box.folder().glob("*.eml")))
    sent = Counter(Notification.objects.filter(state="sent").values_list("key", flat=True))
    yield from differences("letter", written, sent)


def repeated_letters() -> Iterator[str]:
    """The running log has each letter once, unless a death in the middle of writing repeats one."""
    log = Mailbox().log()
    logged = log.read_text().count("\nTo: ") if log.exists() else 0
    sent = Notification.objects.filter(state="sent").count()
    if logged != sent:
        yield f"{logged} letters went out for {sent} notifications"


def keys_of(texts: Iterable[str]) -> Iterator[str]:
    """The keys under which letters were sent."""
    for text in texts:
        yield from re.findall(r"^X-Key: (.*)$", text, re.MULTILINE)


def log_order() -> Iterator[str]:
    """The customer's log tells what happened to each thing in the order in which it happened."""
    last: dict[str, int] = {}
    told = Interaction.objects.filter(event_id__isnull=False).order_by("id")
    aggregates = dict(events_of(told.values_list("event_id", flat=True)))
    for event in told.values_list("event_id", flat=True):
        aggregate = aggregates[event]
        if event < last.get(aggregate, 0):
            yield f"event {event} of {aggregate} was told after event {last[aggregate]}"
        last[aggregate] = max(event, last.get(aggregate, 0))


def events_of(ids: Iterable[int]) -> Iterable[tuple[int, str]]:
    """The aggregate of each event."""
    from bss.core.models import StoredEvent

    found: Iterable[tuple[int, str]] = StoredEvent.objects.filter(pk__in=list(ids)).values_list(
        "id", "aggregate"
    )
    return found
