"""What the rows of a population have in common: the time they span, the plans, where ids begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from apps.catalog import queries as catalog
from apps.catalog.models import ProductOffering, VasOffering
from bss.core import clock
from bss.core.models import OperatorProfile

DAY = 86_400
# What lives use in a period at most; of data it is a share of what there is.
NEEDED = {"voice": 3_000, "sms": 40}
SPAN_DAYS = 180
SHOWN_DAYS = SPAN_DAYS + 3 * 366

Value = str | int | None
Row = tuple[Value, ...]


class Moments:
    """Seconds since the beginning of the population, and how the database reads them."""

    def __init__(self, now: datetime) -> None:
        start = now - timedelta(days=SPAN_DAYS)
        self.zero = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self.now = int((now - self.zero).total_seconds())
        days = (self.zero.date() + timedelta(days=day) for day in range(SHOWN_DAYS))
        self.days = [day.isoformat() for day in days]
        self.times = [f"T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(DAY)]

    def at(self, second: int) -> str:
        """A moment as text."""
        day, rest = divmod(second, DAY)
        return f"{self.days[day]}{self.times[rest]}+00:00"

    def day(self, second: int) -> str:
        """The day of a moment."""
        return self.days[second // DAY]

    def naive(self, second: int) -> str:
        """A moment without its zone, as the sources of grants spell it."""
        return self.at(second)[:19]


@dataclass(frozen=True, slots=True)
class Plan:
    """An offering as lines are sold it."""

    id: str
    name: str
    price_id: str
    amount: int
    period: int  # seconds
    allowances: dict[str, int]
    cfs: str
    rfs: tuple[str, ...]
    tasks: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Extra:
    """The top-up that lines buy."""

    id: str
    name: str
    amount: int
    kind: str
    quantity: int


@dataclass(slots=True)
class World:
    """Everything that rows are made from, besides the lives of the lines."""

    moments: Moments
    plans: list[Plan]
    extra: Extra
    currency: str
    provider: str
    # Where the ids of a table begin, by table.
    first: dict[str, int] = field(default_factory=dict)
    first_msisdn: int = 0
    first_profile: int = 0

    def ids(self, table: str) -> Iterator[int]:
        """The ids of a table's new rows, one after another."""
        key = self.first[table]
        while True:
            yield key
            key += 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows on their way into a table."""

    name: str
    columns: str
    count: int
    rows: Iterable[Row]


def the_world() -> World:
    """The world as the catalog and the operator's profile describe it."""
    now = clock.now()
    plans = [plan for plan in (plan_of(row, now) for row in offerings(now)) if plan]
    extra = VasOffering.objects.sellable_at(now).filter(kind="data", quantity__gt=0, amount__gt=0)
    if not plans or not (top_up := extra.order_by("amount", "id").first()):
        raise LookupError("There is nothing to sell; run the seed without options first.")
    return World(
        moments=Moments(now),
        plans=plans,
        extra=Extra(top_up.pk, top_up.name, top_up.amount, top_up.kind, top_up.quantity),
        currency=OperatorProfile.load().currency,
        provider=settings.BSS.gateways["cards"],
    )


def offerings(now: datetime) -> list[ProductOffering]:
    """What is on sale, the cheapest plans first as most people have those."""
    found = ProductOffering.objects.sellable_at(now).filter(lifecycle_status="active")
    return sorted(found, key=lambda row: row.pk != "PLAN_S")


def plan_of(offering: ProductOffering, now: datetime) -> Plan | None:
    """An offering with its price, allowances and services; None when it suits no imagined life."""
    price = catalog.active_price(offering.pk, now)
    mapping = catalog.service_mapping(offering.pk)
    if price is None or mapping is None or price.period_type != "day":
        return None
    granted = {one.kind: one.amount for one in catalog.allowances(offering.pk)}
    enough = all(granted.get(kind, 0) not in range(least) for kind, least in NEEDED.items())
    if not enough or granted.get("data", 0) <= 0:
        return None
    return Plan(
        id=offering.pk,
        name=offering.name,
        price_id=price.pk,
        amount=price.amount,
        period=price.period_length * DAY,
        allowances=granted,
        cfs=mapping.cfs_spec_id,
        rfs=tuple(mapping.rfs_spec_ids),
        tasks={action: list(tasks) for action, tasks in mapping.tasks.items()},
    )
