"""The events that told all this, the lines of the customers' logs, and the histories of states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bss.core.money import money_text
from bss.core.quantities import to_units, unit_of

from .lives import Episode, Life
from .money import CARD, REASON, Charge, Facts, facts, msisdn
from .network import iccid, orders_of
from .world import World


class Fact(NamedTuple):
    """An event before it has an id, its payload as JSON."""

    name: str
    aggregate: str
    version: int
    summary: str
    payload: str


class Teller:
    """Tells episodes one after another; versions count on from one to the next."""

    def __init__(self, world: World, lives: Sequence[Life], charges: Sequence[Charge]) -> None:
        self.world, self.lives = world, lives
        self.charges = {(charge.episode.life, charge.episode.at): charge for charge in charges}
        self.versions = [0] * len(lives)
        self.service_order = first_orders(world, lives)

    def facts_of(self, episode: Episode) -> list[Fact]:
        """What was published when it happened."""
        life = self.lives[episode.life]
        charge = self.charges.get((episode.life, episode.at))
        told = facts(self.world, charge) if charge else None
        return list(getattr(self, f"_{episode.what}")(life, charge, told, episode))

    def line_fact(self, life: Life, name: str, summary: str, more: str = "") -> Fact:
        """An event of a line."""
        self.versions[life.index] += 1
        number, line = msisdn(self.world, life), self.line(life)
        payload = (
            f'{{"subscription_id": "{line}", "customer_id": "{self.customer(life)}",'
            f' "msisdn": "{number}", "offering_id": "{life.plan.id}"{more}}}'
        )
        version = self.versions[life.index]
        return Fact(f"subscription.{name}", line, version, f"Line {number} {summary}", payload)

    def line(self, life: Life) -> str:
        """The public id of a line."""
        return f"SUB-{self.world.first['subscription_subscription'] + life.index:06}"

    def customer(self, life: Life) -> str:
        """The public id of its owner."""
        return f"CUST-{self.world.first['crm_customer'] + life.index:06}"

    def _joined(self, life: Life, charge: Charge, told: Facts, _: Episode) -> Iterator[Fact]:
        owner, order = self.customer(life), told.subject
        yield Fact(
            "customer.created", owner, 1, "Became a customer", f'{{"customer_id": "{owner}"}}'
        )
        proof = f'{{"customer_id": "{owner}", "provider": "prebaked"}}'
        yield Fact("customer.kyc_attested", owner, 2, "Identity verified by prebaked", proof)
        card = f"PM-{self.world.first['payments_paymentmethod'] + life.index:06}"
        added = f'{{"payment_method_id": "{card}", "customer_id": "{owner}", "last4": "4242"}}'
        yield Fact("payment_method.added", card, 1, f"Card {CARD} added", added)
        about = (
            f'"order_id": "{order}", "customer_id": "{owner}", "offering_id": "{life.plan.id}",'
            f' "subscription_id": "{told.line}", "payment_id": "{told.number}"'
        )
        yield Fact("order.acknowledged", order, 1, f"Order {order} was placed", f"{{{about}}}")
        number, profile = msisdn(self.world, life), iccid(self.world, life.index)
        extra = f', "order_id": "{order}", "iccid": "{profile}"'
        yield self.line_fact(life, "prepared", f"is set up for {order}", extra)
        setting_up = f"Order {order} is in progress: line {number} is being set up"
        yield Fact("order.in_progress", order, 2, setting_up, f"{{{about}}}")
        yield from self._served(life, "activate", order)
        start, end = (
            self.world.moments.at(at) for at in (life.begun, life.begun + life.plan.period)
        )
        extra += (
            f', "payment_id": "{told.number}", "amount_charged": "{told.shown}",'
            f' "currency": "{self.world.currency}", "period_start": "{start}",'
            f' "period_end": "{end}"'
        )
        yield self.line_fact(life, "activated", "is active", extra)
        yield self._captured(charge, told)
        yield Fact("order.completed", order, 3, f"Order {order} is completed", f"{{{about}}}")

    def _renewed(self, life: Life, charge: Charge, told: Facts, what: Episode) -> Iterator[Fact]:
        yield self._captured(charge, told)
        start = life.stretches[what.stretch].start
        extra = (
            f', "plan": "{life.plan.name}", "payment_id": "{told.number}",'
            f' "amount_charged": "{told.shown}", "currency": "{self.world.currency}",'
            f' "period_start": "{self.world.moments.at(start)}",'
            f' "period_end": "{self.world.moments.at(start + life.plan.period)}"'
        )
        yield self.line_fact(life, "renewed", "was renewed", extra)

    def _topped_up(self, life: Life, charge: Charge, told: Facts, what: Episode) -> Iterator[Fact]:
        yield self._captured(charge, told)
        bought, end = self.world.extra, life.stretches[what.stretch].end
        extra = (
            f', "top_up_id": "TOP-{charge.top_up:06}", "vas_offering_id": "{bought.id}",'
            f' "vas_name": "{bought.name}", "kind": "{bought.kind}",'
            f' "quantity": {to_units(bought.kind, bought.quantity)},'
            f' "unit": "{unit_of(bought.kind)}", "payment_id": "{told.number}",'
            f' "amount_charged": "{told.shown}", "currency": "{self.world.currency}",'
            f' "expires_at": "{self.world.moments.at(end)}"'
        )
        yield self.line_fact(life, "vas_purchased", f"was topped up with {bought.name}", extra)

    def _declined(self, life: Life, charge: Charge, told: Facts, what: Episode) -> Iterator[Fact]:
        summary = f"{self.world.currency} {told.shown} for {told.text}: declined: {REASON}"
        more = f'"code": "card_declined", "reason": "{REASON}"'
        payload = f"{{{self._paid_for(charge, told)}, {more}}}"
        yield Fact("payment.declined", told.number, 1, summary, payload)
        extra = (
            f', "reason": "{REASON}", "amount": "{money_text(life.plan.amount)}",'
            f' "currency": "{self.world.currency}",'
            f' "period_start": "{self.world.moments.at(life.current.end)}"'
        )
        yield self.line_fact(life, "renew_failed", f"was not renewed: {REASON}", extra)
        yield from self._stopped(life, "its renewal was not paid")

    def _blocked(self, life: Life, *_: object) -> Iterator[Fact]:
        yield self.line_fact(life, "exhausted", "has no data left", ', "kind": "data"')
        yield from self._stopped(life, "its data is used up")

    def _stopped(self, life: Life, why: str) -> Iterator[Fact]:
        reason = f', "reason": "{life.blocked}"'
        yield self.line_fact(life, "blocked", f"is blocked because {why}", reason)
        yield from self._served(life, "block", "")

    def _ended(self, life: Life, *_: object) -> Iterator[Fact]:
        extra = f', "iccid": "{iccid(self.world, life.index)}", "reason": "requested"'
        yield self.line_fact(life, "terminated", "was terminated: requested", extra)
        yield from self._served(life, "terminate", "")

    def _captured(self, charge: Charge, told: Facts) -> Fact:
        receipt = f"RCPT-{charge.receipt:06}"
        payload = (
            f'{{{self._paid_for(charge, told)}, "paid_with": "{CARD}", "receipt": "{receipt}"}}'
        )
        summary = f"{self.world.currency} {told.shown} for {told.text}: paid, receipt {receipt}"
        return Fact("payment.captured", told.number, 1, summary, payload)

    def _paid_for(self, charge: Charge, told: Facts) -> str:
        purpose = {"joined": "activation", "topped_up": "topup"}.get(charge.what, "renewal")
        return (
            f'"payment_id": "{told.number}", "customer_id": "{told.customer}",'
            f' "purpose": "{purpose}", "subject": "{told.subject}", "amount": "{told.shown}",'
            f' "currency": "{self.world.currency}"'
        )

    def _served(self, life: Life, action: str, order: str) -> Iterator[Fact]:
        actions = [asked for asked, _ in orders_of(life)]
        if action not in actions:
            return
        owner = self.line(life)
        number = f"SO-{self.service_order[life.index] + actions.index(action):06}"
        payload = (
            f'{{"service_order_id": "{number}", "owner": "{owner}", "order_id": "{order}",'
            f' "action": "{action}"}}'
        )
        asked, done = (
            f"The network is asked to {action} {owner}",
            f"The network did {action} {owner}",
        )
        yield Fact("service_order.in_progress", number, 1, asked, payload)
        yield Fact("service_order.completed", number, 2, done, payload)


def first_orders(world: World, lives: Sequence[Life]) -> list[int]:
    """The key of each line's first service order."""
    key, found = world.first["provisioning_serviceorder"], []
    for life in lives:
        found.append(key)
        key += len(orders_of(life))
    return found
