from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from bss.core.models import CodeQuerySet


class ProductSpecification(models.Model):
    """What a family of offerings is made of."""

    id = models.CharField(primary_key=True, max_length=60)
    name = models.TextField()
    description = models.TextField(blank=True, default="")
    brand = models.TextField(blank=True, default="")
    lifecycle_status = models.CharField(max_length=10, default="active")

    objects = CodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class LifecycleStatus(models.TextChoices):
    ACTIVE = "active"
    RETIRED = "retired"


class WindowedQuerySet(CodeQuerySet):
    def valid_at(self, at: datetime) -> "WindowedQuerySet":
        started = Q(valid_from__isnull=True) | Q(valid_from__lte=at)
        return self.filter(started, Q(valid_to__isnull=True) | Q(valid_to__gt=at))


class SellableQuerySet(WindowedQuerySet):
    def sellable_at(self, at: datetime) -> "WindowedQuerySet":
        return self.valid_at(at).filter(is_sellable=True)


class Windowed(models.Model):
    """A row valid from a moment until just before another; missing ends are open."""

    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            # An empty window is allowed: a price that was cut off before it began.
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="%(class)s_window",
            )
        ]


class ProductOffering(Windowed):
    """A plan as it is sold."""

    NOUN = "offering"

    id = models.CharField(primary_key=True, max_length=60)
    name = models.TextField()
    specification = models.ForeignKey(
        ProductSpecification, models.PROTECT, related_name="offerings"
    )
    is_bundle = models.BooleanField(default=True)
    is_sellable = models.BooleanField(default=True)
    lifecycle_status = models.CharField(
        max_length=10, choices=LifecycleStatus.choices, default=LifecycleStatus.ACTIVE
    )

    objects = SellableQuerySet.as_manager()

    class Meta(Windowed.Meta):
        constraints = [
            *Windowed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(lifecycle_status__in=LifecycleStatus.values), name="offering_status"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductOfferingPrice(Windowed):
    """What an offering costs for one period, in minor units, tax included."""

    NOUN = "price"

    class PeriodType(models.TextChoices):
        DAY = "day"
        MONTH = "month"

    class PriceType(models.TextChoices):
        RECURRING = "recurring"
        ONE_TIME = "one_time"

    id = models.CharField(primary_key=True, max_length=60)
    offering = models.ForeignKey(ProductOffering, models.PROTECT, related_name="prices")
    price_type = models.CharField(
        max_length=10, choices=PriceType.choices, default=PriceType.RECURRING
    )
    period_length = models.PositiveSmallIntegerField(default=30)
    period_type = models.CharField(max_length=5, choices=PeriodType.choices, default=PeriodType.DAY)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    objects = WindowedQuerySet.as_manager()

    class Meta(Windowed.Meta):
        constraints = [
            *Windowed.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(condition=Q(period_length__gt=0), name="price_period"),
            models.CheckConstraint(
                condition=Q(period_type__in=["day", "month"]), name="price_period_type"
            ),
            models.CheckConstraint(
                condition=Q(price_type__in=["recurring", "one_time"]), name="price_type"
            ),
        ]

    def __str__(self) -> str:
        return self.id


class AllowanceKind(models.TextChoices):
    DATA = "data"
    VOICE = "voice"
    SMS = "sms"
    DATA_ROAMING = "data_roaming"


class RoamingZone(models.Model):
    """Countries in which roaming data is good; a country may lie in several zones."""

    NOUN = "roaming_zone"

    id = models.CharField(primary_key=True, max_length=20)
    name = models.CharField(max_length=80)
    # Two capital letters each, as ISO 3166 has them.
    countries = ArrayField(models.CharField(max_length=2))

    objects = CodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Allowance(models.Model):
    """How much of one kind an offering grants each period."""

    offering = models.ForeignKey(ProductOffering, models.PROTECT, related_name="allowances")
    kind = models.CharField(max_length=12, choices=AllowanceKind.choices)
    # Bytes, seconds or messages; -1 is unlimited.
    amount = models.BigIntegerField()
    # Where roaming data is good; everywhere when empty.
    zone = models.ForeignKey(RoamingZone, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offering", "kind"], name="allowance_once"),
            models.CheckConstraint(
                condition=Q(zone=None) | Q(kind=AllowanceKind.DATA_ROAMING), name="allowance_zone"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AllowanceKind.values), name="allowance_kind"
            ),
            models.CheckConstraint(condition=Q(amount__gte=-1), name="allowance_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id} {self.kind}"


class VasOffering(Windowed):
    """A top-up: more of one kind, for one payment."""

    NOUN = "vas"

    id = models.CharField(primary_key=True, max_length=60)
    name = models.TextField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=12, choices=AllowanceKind.choices)
    # Bytes, seconds or messages; -1 is unlimited.
    quantity = models.BigIntegerField()
    expiry_hours = models.PositiveIntegerField(null=True, blank=True)
    # Where roaming data is good; everywhere when empty.
    zone = models.ForeignKey(RoamingZone, models.PROTECT, null=True, blank=True, related_name="+")
    is_sellable = models.BooleanField(default=True)

    objects = SellableQuerySet.as_manager()

    class Meta(Windowed.Meta):
        constraints = [
            *Windowed.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gte=0), name="vas_not_negative"),
            models.CheckConstraint(
                condition=Q(zone=None) | Q(kind=AllowanceKind.DATA_ROAMING), name="vas_zone"
            ),
            models.CheckConstraint(condition=Q(kind__in=AllowanceKind.values), name="vas_kind"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=-1), name="vas_quantity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceSpecification(models.Model):
    """A service the network can carry: customer-facing or resource-facing."""

    class Type(models.TextChoices):
        CFS = "CFS"
        RFS = "RFS"

    id = models.CharField(primary_key=True, max_length=60)
    name = models.TextField()
    type = models.CharField(max_length=3, choices=Type.choices)
    parameters = models.JSONField(default=dict, blank=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["CFS", "RFS"]), name="service_specification_type"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProductServiceMapping(models.Model):
    """What the offerings of a specification mean for the network; decomposition reads it."""

    specification = models.OneToOneField(
        ProductSpecification, models.PROTECT, primary_key=True, related_name="service_mapping"
    )
    cfs = models.ForeignKey(ServiceSpecification, models.PROTECT, related_name="+")
    rfs = models.ManyToManyField(ServiceSpecification, related_name="+")
    # action -> task types, in the order they are shown
    tasks = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.specification_id} → {self.cfs_id}"
