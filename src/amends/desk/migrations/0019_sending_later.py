"""Replies for later, stops of what goes out, and the removal of posts of ours."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0018_who_may_speak"),
    ]

    operations = [
        migrations.CreateModel(
            name="SendingStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TakeDown",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[("asked", "asked"), ("done", "done"), ("failed", "failed")],
                        default="asked",
                        max_length=6,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
            ],
        ),
        migrations.AddField(
            model_name="outgoingreply",
            name="goes_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="responder",
            name="zone",
            field=models.CharField(default="UTC", max_length=60),
        ),
        migrations.AlterField(
            model_name="outgoingreply",
            name="status",
            field=models.CharField(
                choices=[
                    ("held", "held"),
                    ("ready", "ready"),
                    ("sending", "sending"),
                    ("sent", "sent"),
                    ("failed", "failed"),
                    ("not known", "not known"),
                    ("paused", "paused"),
                    ("cancelled", "cancelled"),
                ],
                default="ready",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingreply",
            index=models.Index(
                condition=models.Q(
                    ("goes_at__isnull", False),
                    (
                        "status__in",
                        [
                            "ready",
                            "held",
                            "paused",
                        ],
                    ),
                ),
                fields=["goes_at", "id"],
                name="replies_for_later",
            ),
        ),
        migrations.AddField(
            model_name="sendingstop",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sendingstop",
            name="channel",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to="desk.channelrow"
            ),
        ),
        migrations.AddField(
            model_name="sendingstop",
            name="lifted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="takedown",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="takedown",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="take_downs",
                to="desk.case",
            ),
        ),
        migrations.AddField(
            model_name="takedown",
            name="channel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="desk.channelrow"
            ),
        ),
        migrations.AddField(
            model_name="takedown",
            name="post",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="take_downs",
                to="desk.postrow",
            ),
        ),
        migrations.AddIndex(
            model_name="sendingstop",
            index=models.Index(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=["channel"],
                name="stops_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="takedown",
            index=models.Index(
                condition=models.Q(("status", "asked")),
                fields=["due_at", "id"],
                name="take_downs_to_do",
            ),
        ),
    ]
