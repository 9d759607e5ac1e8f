"""Teams, skills and seats; cases that wait for routing; where abuse stands."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0016_snippets"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rest_after", models.PositiveSmallIntegerField(default=5)),
                ("rest_hours", models.PositiveSmallIntegerField(default=24)),
                ("rest_from_all", models.BooleanField(default=True)),
                ("turns", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SeatRow",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="seat",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("capacity", models.PositiveSmallIntegerField(default=10)),
                ("languages", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("networks", models.JSONField(default=list)),
                ("labels", models.JSONField(default=list)),
                ("topics", models.JSONField(default=list)),
                ("words", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("networks", models.JSONField(default=list)),
                ("languages", models.JSONField(default=list)),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")], null=True
                    ),
                ),
                ("by_rota", models.BooleanField(default=True)),
                ("hands_on", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["place", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("turn", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="abusive_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="passed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="route_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="casepost",
            name="abusive_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="casepost",
            index=models.Index(
                condition=models.Q(("abusive_at__isnull", False)),
                fields=["abusive_at"],
                name="abusive_posts_by_time",
            ),
        ),
        migrations.AddField(
            model_name="seatrow",
            name="skills",
            field=models.ManyToManyField(related_name="seats", to="desk.skill"),
        ),
        migrations.AddField(
            model_name="team",
            name="skills",
            field=models.ManyToManyField(related_name="teams", to="desk.skill"),
        ),
        migrations.AddField(
            model_name="case",
            name="team",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to="desk.team",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("route_at__isnull", False)),
                fields=["route_at", "id"],
                name="cases_to_route",
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="teammember",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="members", to="desk.team"
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.UniqueConstraint(
                fields=("team", "person"), name="one_place_in_a_team"
            ),
        ),
    ]
