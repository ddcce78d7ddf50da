from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("subscription", "0009_device_changes")]

    operations = [
        migrations.RemoveConstraint("suspension", "suspension_cause"),
        migrations.AddConstraint(
            "suspension",
            models.CheckConstraint(
                condition=Q(cause__in=["pause", "lost", "stolen", "dispute", "lawful"]),
                name="suspension_cause",
            ),
        ),
    ]
