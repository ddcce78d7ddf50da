from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("subscription", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                fields=["period_end"],
                name="subscription_to_remind",
                condition=Q(("state", "active"))
                & (Q(("reminded_for", None)) | Q(("reminded_for__lt", F("period_end")))),
            ),
        ),
    ]
