"""What is read in a post beside how likely it complains, what colleagues say of it, and what was
learnt from that."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import amends.desk.models.unchecked


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0021_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeepWait",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="deep_wait",
                        serialize=False,
                        to="desk.postrow",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LearntHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folder", models.CharField(max_length=64, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("reader", models.CharField(max_length=64)),
                ("figures", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SpecialCare",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="special_care",
                        serialize=False,
                        to="desk.postrow",
                    ),
                ),
                ("words", amends.desk.models.unchecked.Unchecked(default=list)),
            ],
        ),
        migrations.AddField(
            model_name="readingrow",
            name="more",
            field=amends.desk.models.unchecked.Unchecked(null=True),
        ),
        migrations.AddField(
            model_name="readingrow",
            name="severity",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="readingrow",
            name="signs",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="ReadingRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("vulnerable", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
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
                    "hand_up_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "head",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.learnthead",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=10)),
                ("said", models.CharField(max_length=12)),
                ("was", models.CharField(max_length=12)),
                ("complaint", models.FloatField()),
                ("model", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="desk.postrow",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=["-at", "-id"],
                        name="corrections_that_hold",
                    )
                ],
            },
        ),
    ]
