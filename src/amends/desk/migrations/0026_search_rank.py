"""Where complaints stand in searches."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0025_calls"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("enabled", models.BooleanField(default=False)),
                ("sealed", models.BinaryField(default=bytes)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("most", models.PositiveIntegerField(default=1000)),
                ("month", models.CharField(blank=True, max_length=7)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("note", models.TextField(blank=True)),
                ("noted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RankEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("query", models.CharField(max_length=200)),
                ("address", models.TextField()),
                ("place", models.PositiveSmallIntegerField(null=True)),
                ("among", models.PositiveSmallIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rank_entries",
                        to="desk.case",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "at"], name="ranks_of_a_case")],
            },
        ),
        migrations.CreateModel(
            name="RankWatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("query", models.CharField(max_length=200)),
                ("address", models.TextField()),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rank_watches",
                        to="desk.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at", "id"],
                        name="rank_watches_due",
                    )
                ],
            },
        ),
    ]
