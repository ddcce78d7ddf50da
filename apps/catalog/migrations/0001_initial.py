import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ProductSpecification",
            fields=[
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("description", models.TextField(blank=True, default="")),
                ("brand", models.TextField(blank=True, default="")),
                ("lifecycle_status", models.CharField(default="active", max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="ProductOffering",
            fields=[
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("is_bundle", models.BooleanField(default=True)),
                ("is_sellable", models.BooleanField(default=True)),
                (
                    "lifecycle_status",
                    models.CharField(
                        choices=[("active", "Active"), ("retired", "Retired")],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offerings",
                        to="catalog.productspecification",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ServiceSpecification",
            fields=[
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("type", models.CharField(choices=[("CFS", "Cfs"), ("RFS", "Rfs")], max_length=3)),
                ("parameters", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["CFS", "RFS"])),
                        name="service_specification_type",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VasOffering",
            fields=[
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("data", "Data"),
                            ("voice", "Voice"),
                            ("sms", "Sms"),
                            ("data_roaming", "Data Roaming"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                ("expiry_hours", models.PositiveIntegerField(blank=True, null=True)),
                ("is_sellable", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="vasoffering_window",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="vas_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["data", "voice", "sms", "data_roaming"])),
                        name="vas_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("quantity", -1), _connector="OR"),
                        name="vas_quantity",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("data", "Data"),
                            ("voice", "Voice"),
                            ("sms", "Sms"),
                            ("data_roaming", "Data Roaming"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount", models.BigIntegerField()),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allowances",
                        to="catalog.productoffering",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("offering", "kind"), name="allowance_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["data", "voice", "sms", "data_roaming"])),
                        name="allowance_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", -1)), name="allowance_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductOfferingPrice",
            fields=[
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                (
                    "price_type",
                    models.CharField(
                        choices=[("recurring", "Recurring"), ("one_time", "One Time")],
                        default="recurring",
                        max_length=10,
                    ),
                ),
                ("period_length", models.PositiveSmallIntegerField(default=30)),
                (
                    "period_type",
                    models.CharField(
                        choices=[("day", "Day"), ("month", "Month")], default="day", max_length=5
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="catalog.productoffering",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="productofferingprice_window",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="price_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_length__gt", 0)), name="price_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_type__in", ["day", "month"])),
                        name="price_period_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_type__in", ["recurring", "one_time"])),
                        name="price_type",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductServiceMapping",
            fields=[
                (
                    "specification",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="service_mapping",
                        serialize=False,
                        to="catalog.productspecification",
                    ),
                ),
                ("tasks", models.JSONField(default=dict)),
                (
                    "cfs",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.servicespecification",
                    ),
                ),
                (
                    "rfs",
                    models.ManyToManyField(related_name="+", to="catalog.servicespecification"),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="productoffering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="productoffering_window",
            ),
        ),
        migrations.AddConstraint(
            model_name="productoffering",
            constraint=models.CheckConstraint(
                condition=models.Q(("lifecycle_status__in", ["active", "retired"])),
                name="offering_status",
            ),
        ),
    ]
