"""SLA policies, business hours and the rota; what a case's clocks show, and the inbox's order."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Max
from django.utils import timezone

LIVE = ("new", "open", "waiting")
BATCH = 50_000


def let_clocks_be_computed(apps: Any, _schema_editor: Any) -> None:
    """Cases that are not over stand first in the inbox and ring at once: whoever hears them
    computes their clocks and their places."""
    cases = apps.get_model("desk", "Case").objects
    last = cases.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, BATCH):
        some = cases.filter(pk__gt=start, pk__lte=start + BATCH, alarm_at=None)
        some.filter(state__in=LIVE).update(rank=0, alarm_at=timezone.now())
        some.filter(state="resolved").update(alarm_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0004_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="HoursRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("zone", models.CharField(default="UTC", max_length=60)),
                ("windows", models.JSONField(default=list)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("region", models.CharField(blank=True, max_length=10)),
                ("closed", models.JSONField(default=list)),
                (
                    "cover",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not checked"),
                            ("hours", "in these hours"),
                            ("always", "at any time"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RotaAbsence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("zone", models.CharField(default="UTC", max_length=60)),
                ("first", models.DateField()),
                ("last", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="RotaTurn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        choices=[("desk", "desk"), ("on call", "on call")], max_length=8
                    ),
                ),
                ("zone", models.CharField(default="UTC", max_length=60)),
                ("day", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                ("first", models.DateField(null=True)),
                ("last", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SlaPolicyRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")], null=True
                    ),
                ),
                ("network", models.CharField(blank=True, max_length=32)),
                ("times", models.JSONField(default=dict)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_live_by_urgency",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_live_by_owner",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_awaiting_close_out",
        ),
        migrations.AddField(
            model_name="case",
            name="alarm_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="clock",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name="case",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="escalated",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="pauses",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="rank",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="spread",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="told",
            field=models.JSONField(null=True),
        ),
        migrations.RunPython(let_clocks_be_computed, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("rank__isnull", False)),
                fields=["rank", "id"],
                name="cases_by_rank",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("owner__isnull", False), ("rank__isnull", False)),
                fields=["owner", "rank", "id"],
                name="cases_of_an_owner_by_rank",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("owner__isnull", True), ("rank__isnull", False)),
                fields=["rank", "id"],
                name="cases_of_nobody_by_rank",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("acknowledged_at__isnull", True), ("rank__isnull", False)),
                fields=["rank", "id"],
                name="cases_to_acknowledge_by_rank",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("alarm_at__isnull", False)),
                fields=["alarm_at", "id"],
                name="cases_by_alarm",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "resolved_at", "id"], name="cases_by_state"),
        ),
        migrations.AddField(
            model_name="rotaabsence",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="absences",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rotaturn",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="turns",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="slapolicyrow",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sla_policies",
                to="desk.customer",
            ),
        ),
        migrations.AddField(
            model_name="slapolicyrow",
            name="escalate_to",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="slapolicyrow",
            name="hours",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="desk.hoursrow"
            ),
        ),
    ]
