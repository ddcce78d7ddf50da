import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("provisioning", "0003_pooled_resources"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="number",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Reverse("msisdn"), "text_pattern_ops"
                ),
                name="number_tail",
            ),
        ),
    ]
