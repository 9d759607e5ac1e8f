"""Each tab of the inbox in the order of an index, and no index in the way of one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0006_posts_by_time"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="cases_by_state",
        ),
        migrations.AlterField(
            model_name="case",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", False)),
                fields=["state", "resolved_at", "id"],
                name="cases_settled_by_state",
            ),
        ),
    ]
