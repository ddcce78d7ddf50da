import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoamingZone",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), size=None
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="allowance",
            name="zone",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.roamingzone",
            ),
        ),
        migrations.AddField(
            model_name="vasoffering",
            name="zone",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.roamingzone",
            ),
        ),
        migrations.AddConstraint(
            model_name="allowance",
            constraint=models.CheckConstraint(
                condition=models.Q(("zone", None), ("kind", "data_roaming"), _connector="OR"),
                name="allowance_zone",
            ),
        ),
        migrations.AddConstraint(
            model_name="vasoffering",
            constraint=models.CheckConstraint(
                condition=models.Q(("zone", None), ("kind", "data_roaming"), _connector="OR"),
                name="vas_zone",
            ),
        ),
    ]
