"""Fault, remedies, promises, and how much each role may give."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import amends.casework.remedies


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0010_replies_by_hand"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authority",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("administrator", "administrator"),
                            ("lead", "lead"),
                            ("responder", "responder"),
                            ("analyst", "analyst"),
                            ("sales", "sales"),
                            ("viewer", "viewer"),
                        ],
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("most", models.DecimalField(decimal_places=2, max_digits=12)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="fault",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ours", "ours"),
                    ("third_party", "third_party"),
                    ("customer", "customer"),
                    ("unclear", "unclear"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="second_chance",
            field=models.CharField(
                blank=True,
                choices=[
                    ("asked", "asked"),
                    ("given", "given"),
                    ("declined", "declined"),
                    ("silent", "silent"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="Determination",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        choices=[
                            ("ours", "ours"),
                            ("third_party", "third_party"),
                            ("customer", "customer"),
                            ("unclear", "unclear"),
                        ],
                        max_length=12,
                    ),
                ),
                ("facts", models.TextField()),
                ("fix", models.TextField(blank=True)),
                ("fix_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="determinations",
                        to="desk.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.TextField()),
                ("due_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("kept_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="promises",
                        to="desk.case",
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="desk.outgoingreply",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("dropped_at__isnull", True),
                            ("kept_at__isnull", True),
                            ("told_at__isnull", True),
                        ),
                        fields=["due_at", "id"],
                        name="promises_to_be_kept",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Remedy",
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
                            ("credit", "credit"),
                            ("refund", "refund"),
                            ("replacement", "replacement"),
                            ("note", "note"),
                            ("delivery", "delivery"),
                            ("letter", "letter"),
                        ],
                        max_length=12,
                    ),
                ),
                ("what", models.TextField(blank=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("due_on", models.DateField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("approved", "approved"),
                            ("delivered", "delivered"),
                            ("refused", "refused"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
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
                        related_name="remedies",
                        to="desk.case",
                    ),
                ),
                (
                    "decided_by",
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
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    amends.casework.remedies.RemedyStatus["APPROVED"],
                                    amends.casework.remedies.RemedyStatus["WAITING"],
                                ],
                            )
                        ),
                        fields=["case"],
                        name="remedies_open",
                    )
                ],
            },
        ),
    ]
