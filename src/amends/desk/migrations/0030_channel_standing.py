"""When channels were last read, how late posts come, what is left of rate limits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0029_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelStanding",
            fields=[
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="desk.channelrow",
                    ),
                ),
                ("read_at", models.DateTimeField(null=True)),
                ("lag_s", models.FloatField(null=True)),
                ("quotas", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
