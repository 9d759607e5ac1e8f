"""The whole schema at once, for a desk that begins: 0001 to 0032, step by step, would draw tables anew
again and again. A desk that went through them keeps what it has."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import amends.casework.calls
import amends.casework.claims
import amends.casework.delivery
import amends.casework.remedies
import amends.casework.signing
import amends.casework.states
import amends.desk.models.ids
import amends.desk.models.unchecked

_STATISTICS = import_module("amends.desk.migrations.0013_conversation_statistics")


class Whole(Operation):
    """The tables of all models as they are after these operations. Django would make sense of the
    models after each of them, which takes ten times as long."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # else each step would be made sense of
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        del from_state
        for model in to_state.apps.get_app_config(app_label).get_models():
            schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        del to_state
        for model in reversed(list(from_state.apps.get_app_config(app_label).get_models())):
            schema_editor.delete_model(model)


class Migration(migrations.Migration):
    replaces = [
        ("desk", "0001_first_tables"),
        ("desk", "0002_author_roles"),
        ("desk", "0003_fast_storing"),
        ("desk", "0004_guard"),
        ("desk", "0005_clocks"),
        ("desk", "0006_posts_by_time"),
        ("desk", "0007_inbox_order"),
        ("desk", "0008_drafting"),
        ("desk", "0009_unchecked_json"),
        ("desk", "0010_replies_by_hand"),
        ("desk", "0011_amends"),
        ("desk", "0012_deliveries"),
        ("desk", "0013_conversation_statistics"),
        ("desk", "0014_snooze"),
        ("desk", "0015_claims"),
        ("desk", "0016_snippets"),
        ("desk", "0017_routing"),
        ("desk", "0018_who_may_speak"),
        ("desk", "0019_sending_later"),
        ("desk", "0020_private_pages"),
        ("desk", "0021_together"),
        ("desk", "0022_readings_kept"),
        ("desk", "0023_rules"),
        ("desk", "0024_pictures"),
        ("desk", "0025_calls"),
        ("desk", "0026_search_rank"),
        ("desk", "0027_macros"),
        ("desk", "0028_case_batches"),
        ("desk", "0029_letters"),
        ("desk", "0030_channel_standing"),
        ("desk", "0031_snippet_pictures"),
        ("desk", "0032_breaks"),
    ]

    initial = True

    dependencies = []

    operations = [
        Whole(
            [
                migrations.CreateModel(
                    name="Responder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("name", models.CharField(max_length=120)),
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
                            ),
                        ),
                        (
                            "signs",
                            models.CharField(
                                choices=[
                                    ("initials", "initials"),
                                    ("first", "first"),
                                    ("name", "name"),
                                ],
                                default=amends.casework.signing.Signs["INITIALS"],
                                max_length=8,
                            ),
                        ),
                        ("may_approve", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("zone", models.CharField(default="UTC", max_length=60)),
                        ("invited_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Authority",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                migrations.CreateModel(
                    name="Brand",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=120, unique=True)),
                        ("threshold", models.FloatField(null=True)),
                        ("contact_route", models.TextField(blank=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="ChannelRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("network", models.CharField(max_length=32)),
                        ("handle", models.CharField(max_length=253)),
                        ("account_id", models.CharField(blank=True, max_length=512)),
                        ("settings", models.JSONField(default=dict)),
                        ("secret", models.BinaryField(default=bytes)),
                        ("enabled", models.BooleanField(default=True)),
                        ("health", models.CharField(default="starting", max_length=16)),
                        ("health_note", models.TextField(blank=True)),
                        ("health_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="channels",
                                to="desk.brand",
                            ),
                        ),
                        (
                            "deputy",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Customer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="PostRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("network", models.CharField(max_length=32)),
                        ("native_id", amends.desk.models.ids.NativeId(max_length=512)),
                        ("url", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                        ("edited_at", models.DateTimeField(null=True)),
                        ("deleted_at", models.DateTimeField(null=True)),
                        ("erased_at", models.DateTimeField(null=True)),
                        ("text", models.TextField(blank=True)),
                        ("lang", models.CharField(blank=True, max_length=35)),
                        ("private", models.BooleanField(default=False)),
                        ("ours", models.BooleanField(default=False)),
                        ("to_us", models.BooleanField(default=False)),
                        ("conversation", amends.desk.models.ids.NativeId(max_length=512)),
                        ("in_reply_to", models.CharField(blank=True, max_length=512)),
                        ("repost_of", models.CharField(blank=True, max_length=512)),
                        ("quote_of", amends.desk.models.unchecked.Unchecked(null=True)),
                        ("links", amends.desk.models.unchecked.Unchecked(default=list)),
                        ("media", amends.desk.models.unchecked.Unchecked(default=list)),
                        ("counts", amends.desk.models.unchecked.Unchecked(default=dict)),
                        ("heard_at", models.DateTimeField()),
                        ("taken_in", models.BooleanField(default=False)),
                    ],
                ),
                migrations.CreateModel(
                    name="HoursRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                    name="Label",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=40, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="LearntHead",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                    name="PictureRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("kind", models.CharField(max_length=20)),
                        ("size", models.PositiveIntegerField()),
                        ("width", models.PositiveIntegerField()),
                        ("height", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="RoutingRules",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("rest_after", models.PositiveSmallIntegerField(default=5)),
                        ("rest_hours", models.PositiveSmallIntegerField(default=24)),
                        ("rest_from_all", models.BooleanField(default=True)),
                        ("turns", models.PositiveBigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="RuleRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("enabled", models.BooleanField(default=False)),
                        (
                            "trigger",
                            models.CharField(
                                choices=[
                                    ("opened", "opened"),
                                    ("answered", "answered"),
                                    ("breached", "breached"),
                                    ("waited", "waited"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("after", models.PositiveIntegerField(default=0)),
                        ("data", models.JSONField()),
                        ("number", models.PositiveIntegerField(default=1)),
                        ("removed_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="SearchAccess",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                    name="Skill",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("ref", models.CharField(max_length=16, unique=True)),
                        ("network", models.CharField(max_length=32)),
                        ("conversation", models.CharField(db_index=True, max_length=512)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("new", "new"),
                                    ("open", "open"),
                                    ("waiting", "waiting"),
                                    ("resolved", "resolved"),
                                    ("closed", "closed"),
                                    ("dismissed", "dismissed"),
                                    ("merged", "merged"),
                                ],
                                default=amends.casework.states.CaseState["NEW"],
                                max_length=10,
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("thanked", "thanked"),
                                    ("silent", "silent"),
                                    ("negative", "negative"),
                                    ("retracted", "retracted"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "priority",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")],
                                default=amends.casework.states.Priority["NORMAL"],
                            ),
                        ),
                        ("outcome_at", models.DateTimeField(null=True)),
                        ("silent_at", models.DateTimeField(null=True)),
                        ("invited_at", models.DateTimeField(null=True)),
                        ("legal", models.BooleanField(default=False)),
                        ("private", models.BooleanField(default=False)),
                        ("opened_at", models.DateTimeField()),
                        ("unanswered_since", models.DateTimeField(null=True)),
                        ("customer_wrote_at", models.DateTimeField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("acknowledged_at", models.DateTimeField(null=True)),
                        ("taken_private_at", models.DateTimeField(null=True)),
                        ("resolved_at", models.DateTimeField(null=True)),
                        ("closed_out_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("close_reason", models.TextField(blank=True)),
                        (
                            "fault",
                            models.CharField(
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
                        (
                            "second_chance",
                            models.CharField(
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
                        ("pauses", models.JSONField(null=True)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("clock", models.CharField(blank=True, max_length=16)),
                        ("alarm_at", models.DateTimeField(null=True)),
                        ("told", models.JSONField(null=True)),
                        ("spread", models.PositiveIntegerField(default=0)),
                        ("escalated", models.PositiveSmallIntegerField(default=0)),
                        ("rank", models.BigIntegerField(null=True)),
                        ("snoozed_until", models.DateTimeField(null=True)),
                        ("route_at", models.DateTimeField(null=True)),
                        ("abusive_at", models.DateTimeField(null=True)),
                        ("touched_at", models.DateTimeField()),
                        ("events", models.PositiveIntegerField(default=0)),
                        (
                            "head",
                            models.CharField(
                                default="0000000000000000000000000000000000000000000000000000000000000000",
                                max_length=64,
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="desk.brand",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="desk.case",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="cases",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "passed_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "split_from",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="split_off",
                                to="desk.case",
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="desk.channelrow",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="desk.customer",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CaseBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("label", "label"),
                                    ("unlabel", "unlabel"),
                                    ("assign", "assign"),
                                    ("priority", "priority"),
                                    ("snooze", "snooze"),
                                    ("resolve", "resolve"),
                                    ("dismiss", "dismiss"),
                                    ("close", "close"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("value", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batches",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
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
                migrations.CreateModel(
                    name="Claim",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("words", models.TextField(blank=True)),
                        ("truth", models.TextField(blank=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("noted", "noted"),
                                    ("shown false", "shown false"),
                                    ("asked to be corrected", "asked to be corrected"),
                                    ("declined to be corrected", "declined to be corrected"),
                                    ("corrected", "corrected"),
                                    ("retracted", "retracted"),
                                    ("found true", "found true"),
                                    ("dropped", "dropped"),
                                ],
                                default=amends.casework.claims.ClaimState["NOTED"],
                                max_length=24,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("looked_to", models.BigIntegerField(null=True)),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claims",
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
                ),
                migrations.CreateModel(
                    name="Cursor",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("source", models.CharField(max_length=255)),
                        ("value", models.TextField()),
                        ("moved_at", models.DateTimeField()),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cursors",
                                to="desk.channelrow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AuthorRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("network", models.CharField(max_length=32)),
                        ("native_id", models.CharField(max_length=512)),
                        ("handle", models.CharField(blank=True, max_length=253)),
                        ("name", models.CharField(blank=True, max_length=640)),
                        ("followers", models.BigIntegerField(null=True)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("customer", "customer"),
                                    ("competitor", "competitor"),
                                    ("employee", "employee"),
                                    ("press", "press"),
                                    ("industry", "industry"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        ("erased_at", models.DateTimeField(null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="authors",
                                to="desk.customer",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CustomerMerge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("authors", models.JSONField(default=list)),
                        ("cases", models.JSONField(default=list)),
                        ("policies", models.JSONField(default=list)),
                        ("at", models.DateTimeField()),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "gone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="desk.customer",
                            ),
                        ),
                        (
                            "kept",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="desk.customer",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DeadLetterRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("source", models.CharField(max_length=512)),
                        ("line", models.BigIntegerField(null=True)),
                        ("reason", models.TextField()),
                        ("raw", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        ("fingerprint", models.CharField(max_length=64)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "fingerprint"), name="one_letter_per_cause"
                            )
                        ],
                    },
                ),
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
                    name="ReadingRow",
                    fields=[
                        (
                            "post",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="reading",
                                serialize=False,
                                to="desk.postrow",
                            ),
                        ),
                        ("complaint", models.FloatField()),
                        ("praise", models.FloatField()),
                        ("question", models.FloatField()),
                        ("sentiment", models.CharField(max_length=8)),
                        ("why", amends.desk.models.unchecked.Unchecked(default=list)),
                        ("retraction", models.BooleanField(default=False)),
                        ("model", models.CharField(max_length=64)),
                        ("severity", models.PositiveSmallIntegerField(null=True)),
                        ("signs", models.BigIntegerField(null=True)),
                        ("more", amends.desk.models.unchecked.Unchecked(null=True)),
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
                    model_name="postrow",
                    name="author",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="desk.authorrow",
                    ),
                ),
                migrations.CreateModel(
                    name="Correction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
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
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="corrections",
                                to="desk.postrow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ClaimCopy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "how",
                            models.CharField(
                                choices=[
                                    ("quote", "quote"),
                                    ("repost", "repost"),
                                    ("words", "words"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="copies",
                                to="desk.claim",
                            ),
                        ),
                        (
                            "dismissed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="copies_of",
                                to="desk.postrow",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="claim",
                    name="post",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="desk.postrow",
                    ),
                ),
                migrations.AddField(
                    model_name="claim",
                    name="retraction",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="desk.postrow",
                    ),
                ),
                migrations.CreateModel(
                    name="CasePost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("why", models.CharField(max_length=20)),
                        ("at", models.DateTimeField()),
                        ("abusive_at", models.DateTimeField(null=True)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="places",
                                to="desk.case",
                            ),
                        ),
                        (
                            "post",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="place",
                                to="desk.postrow",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="case",
                    name="first_post",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.postrow",
                    ),
                ),
                migrations.CreateModel(
                    name="DeliveryRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("body", models.BinaryField()),
                        ("at", models.DateTimeField()),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="desk.channelrow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Determination",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
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
                    name="Draft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("mode", models.CharField(max_length=8)),
                        ("text", models.TextField(blank=True)),
                        ("saved_at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drafts",
                                to="desk.case",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DraftEndpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("enabled", models.BooleanField(default=False)),
                        ("address", models.CharField(max_length=500)),
                        ("model", models.CharField(max_length=200)),
                        ("sealed", models.BinaryField(default=bytes)),
                        ("language", models.CharField(default="en", max_length=8)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DropCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("source", models.CharField(max_length=512)),
                        ("reason", models.CharField(max_length=64)),
                        ("day", models.DateField()),
                        ("count", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "reason", "day"), name="one_count_per_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Evidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("network", "network"),
                                    ("desk", "desk"),
                                    ("file", "file"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=255)),
                        ("origin", models.TextField(blank=True)),
                        ("data", models.BinaryField(default=bytes)),
                        ("size", models.PositiveIntegerField(default=0)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("at", models.DateTimeField()),
                        ("kept_at", models.DateTimeField(null=True)),
                        ("ask_at", models.DateTimeField(null=True)),
                        ("reason", models.TextField(blank=True)),
                        ("erased_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="desk.claim",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="desk.postrow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="GuardRules",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("levels", models.JSONField(default=dict)),
                        ("public_turns", models.PositiveSmallIntegerField()),
                        ("similarity", models.FloatField()),
                        ("contacts", models.JSONField(default=list)),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Handoff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=16, unique=True)),
                        ("made_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("in_public", models.BooleanField(default=False)),
                        ("seat", models.CharField(blank=True, max_length=64)),
                        ("claimed_at", models.DateTimeField(null=True)),
                        ("code", models.CharField(blank=True, max_length=8)),
                        ("proven_at", models.DateTimeField(null=True)),
                        ("answers", models.JSONField(default=list)),
                        (
                            "author",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="handoff",
                                to="desk.authorrow",
                            ),
                        ),
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
                                related_name="handoffs",
                                to="desk.case",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="desk.customer",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ImportRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=64, unique=True)),
                        ("name", models.CharField(max_length=255)),
                        ("format", models.CharField(max_length=32)),
                        ("position", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("started_at", models.DateTimeField()),
                        ("read_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="desk.brand",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="IntakePage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("greeting", models.TextField(blank=True)),
                        ("invitation", models.TextField(blank=True)),
                        ("fields", models.JSONField(default=list)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("mail", models.CharField(blank=True, max_length=254)),
                        ("days", models.PositiveSmallIntegerField(default=14)),
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="page",
                                to="desk.brand",
                            ),
                        ),
                        (
                            "hours",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="desk.hoursrow",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="case",
                    name="labels",
                    field=models.ManyToManyField(related_name="cases", to="desk.label"),
                ),
                migrations.CreateModel(
                    name="LegalHold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(null=True)),
                        ("told_at", models.DateTimeField(null=True)),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="desk.case",
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MacroRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("key", models.CharField(blank=True, max_length=1)),
                        ("data", models.JSONField()),
                        ("number", models.PositiveIntegerField(default=1)),
                        ("changed_at", models.DateTimeField()),
                        ("removed_at", models.DateTimeField(null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MacroVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=80)),
                        ("key", models.CharField(blank=True, max_length=1)),
                        ("data", models.JSONField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "macro",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="desk.macrorow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Note",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("text", models.TextField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notes",
                                to="desk.case",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="HeadsUp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("seen_at", models.DateTimeField(null=True)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="heads_ups",
                                to="desk.case",
                            ),
                        ),
                        (
                            "to",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="heads_ups",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="heads_ups",
                                to="desk.note",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="OutgoingReply",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("private", models.BooleanField(default=False)),
                        ("closes_out", models.BooleanField(default=False)),
                        ("invites", models.BooleanField(default=False)),
                        ("text", models.TextField()),
                        ("attempt", models.CharField(max_length=64, unique=True)),
                        (
                            "status",
                            models.CharField(
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
                                default=amends.casework.delivery.ReplyStatus["READY"],
                                max_length=10,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("queued_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("goes_at", models.DateTimeField(null=True)),
                        ("sending_at", models.DateTimeField(null=True)),
                        ("claimed_until", models.DateTimeField(null=True)),
                        ("claim", models.CharField(blank=True, max_length=32)),
                        ("reason", models.TextField(blank=True)),
                        ("by_hand", models.CharField(blank=True, max_length=4000)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("verdict", models.CharField(blank=True, max_length=4)),
                        ("findings", models.JSONField(default=list)),
                        ("lapsed", models.BooleanField(default=False)),
                        ("anyway", models.TextField(blank=True)),
                        (
                            "approver",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replies",
                                to="desk.case",
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="desk.channelrow"
                            ),
                        ),
                        (
                            "post",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reply",
                                to="desk.postrow",
                            ),
                        ),
                        (
                            "to_post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="desk.postrow",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="claim",
                    name="request",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="claims",
                        to="desk.outgoingreply",
                    ),
                ),
                migrations.CreateModel(
                    name="OwnModule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.SlugField(max_length=60, unique=True)),
                        ("title", models.CharField(max_length=120)),
                        ("about", models.CharField(blank=True, max_length=300)),
                        ("lesson", models.TextField()),
                        ("quiz", models.TextField()),
                        ("pass_percent", models.PositiveSmallIntegerField(default=80)),
                        ("valid_days", models.PositiveSmallIntegerField(default=365)),
                        ("active", models.BooleanField(default=True)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("mode", models.CharField(max_length=8)),
                        ("alt", models.TextField(blank=True)),
                        ("no_words", models.BooleanField(default=False)),
                        ("at", models.DateTimeField()),
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
                                related_name="attachments",
                                to="desk.case",
                            ),
                        ),
                        (
                            "reply",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attachments",
                                to="desk.outgoingreply",
                            ),
                        ),
                        (
                            "picture",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="desk.picturerow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Presence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("seen_at", models.DateTimeField()),
                        ("writing", models.CharField(blank=True, max_length=8)),
                        ("writing_at", models.DateTimeField(null=True)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="presences",
                                to="desk.case",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="presences",
                                to=settings.AUTH_USER_MODEL,
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
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
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
                ),
                migrations.CreateModel(
                    name="RankEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                ),
                migrations.CreateModel(
                    name="RankWatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                ),
                migrations.CreateModel(
                    name="ReadingRules",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                    name="Remedy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                        ("over_budget", models.BooleanField(default=False)),
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
                ),
                migrations.CreateModel(
                    name="Letter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("waiting", "waiting"),
                                    ("approved", "approved"),
                                    ("sent", "sent"),
                                    ("withdrawn", "withdrawn"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("recipient", models.CharField(blank=True, max_length=120)),
                        ("address", models.TextField(blank=True)),
                        ("subject", models.CharField(blank=True, max_length=160)),
                        ("body", models.TextField(blank=True)),
                        ("signer", models.CharField(blank=True, max_length=160)),
                        ("dated", models.DateField()),
                        ("at", models.DateTimeField()),
                        ("verdict", models.CharField(blank=True, max_length=4)),
                        ("findings", models.JSONField(default=list)),
                        ("anyway", models.TextField(blank=True)),
                        ("reason", models.TextField(blank=True)),
                        ("pdf", models.BinaryField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "way",
                            models.CharField(
                                blank=True,
                                choices=[("post", "post"), ("page", "page")],
                                max_length=5,
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "approver",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
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
                                related_name="letters",
                                to="desk.case",
                            ),
                        ),
                        (
                            "remedy",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="letter",
                                to="desk.remedy",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RoleMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("network", models.CharField(blank=True, max_length=32)),
                        ("handle", models.CharField(blank=True, db_index=True, max_length=253)),
                        (
                            "role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("customer", "customer"),
                                    ("competitor", "competitor"),
                                    ("employee", "employee"),
                                    ("press", "press"),
                                    ("industry", "industry"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "how",
                            models.CharField(
                                choices=[("hand", "hand"), ("list", "list"), ("watch", "watch")],
                                max_length=8,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="desk.authorrow",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
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
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("zone", models.CharField(default="UTC", max_length=60)),
                        ("first", models.DateField()),
                        ("last", models.DateField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="absences",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RotaTurn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
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
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="turns",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RuleGrant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("public", models.BooleanField(default=False)),
                        ("per_hour", models.PositiveIntegerField()),
                        ("per_day", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="grants",
                                to="desk.rulerow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RuleDue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "trigger",
                            models.CharField(
                                choices=[
                                    ("opened", "opened"),
                                    ("answered", "answered"),
                                    ("breached", "breached"),
                                    ("waited", "waited"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("key", models.CharField(max_length=60)),
                        ("clock", models.CharField(blank=True, max_length=16)),
                        ("due_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="desk.case",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="desk.postrow",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="desk.rulerow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RuleChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("saved", "saved"),
                                    ("switched_on", "switched_on"),
                                    ("switched_off", "switched_off"),
                                    ("granted", "granted"),
                                    ("revoked", "revoked"),
                                    ("removed", "removed"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="desk.rulerow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RuleRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("key", models.CharField(max_length=60)),
                        ("at", models.DateTimeField()),
                        ("did", models.JSONField(default=list)),
                        ("left", models.JSONField(default=list)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rule_runs",
                                to="desk.case",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="runs",
                                to="desk.rulerow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RuleVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=80)),
                        ("data", models.JSONField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="desk.rulerow",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="outgoingreply",
                    name="rule",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="desk.ruleversion",
                    ),
                ),
                migrations.AddField(
                    model_name="note",
                    name="rule",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.ruleversion",
                    ),
                ),
                migrations.CreateModel(
                    name="SendingStop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="desk.channelrow",
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SignInLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                        (
                            "responder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SlaPolicyRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=80, unique=True)),
                        (
                            "priority",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")],
                                null=True,
                            ),
                        ),
                        ("network", models.CharField(blank=True, max_length=32)),
                        ("times", models.JSONField(default=dict)),
                        (
                            "customer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sla_policies",
                                to="desk.customer",
                            ),
                        ),
                        (
                            "escalate_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "hours",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="desk.hoursrow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Snippet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("key", models.CharField(max_length=30)),
                        ("name", models.CharField(max_length=80)),
                        ("texts", models.JSONField(default=dict)),
                        ("number", models.PositiveIntegerField(default=1)),
                        ("changed_at", models.DateTimeField()),
                        ("removed_at", models.DateTimeField(null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SnippetPicture",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("alt", models.TextField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "picture",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="desk.picturerow",
                            ),
                        ),
                        (
                            "snippet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pictures",
                                to="desk.snippet",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SnippetVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("key", models.CharField(max_length=30)),
                        ("name", models.CharField(max_length=80)),
                        ("texts", models.JSONField(default=dict)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "snippet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="desk.snippet",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SocialPolicy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(unique=True)),
                        ("text", models.TextField()),
                        ("changes", models.TextField(blank=True)),
                        ("asked_from", models.DateTimeField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Acknowledgement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="acknowledgements",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="acknowledgements",
                                to="desk.socialpolicy",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SpeakingRules",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("trained_from", models.DateTimeField(null=True)),
                        ("modules", models.JSONField(default=list)),
                        ("must_sign", models.BooleanField(default=False)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Survey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("score", models.PositiveSmallIntegerField(null=True)),
                        ("words", models.TextField(blank=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surveys",
                                to="desk.case",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surveys",
                                to="desk.customer",
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
                ),
                migrations.CreateModel(
                    name="TakeDown",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("asked", "asked"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                ],
                                default="asked",
                                max_length=6,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField()),
                        ("note", models.TextField(blank=True)),
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
                                related_name="take_downs",
                                to="desk.case",
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="desk.channelrow"
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="take_downs",
                                to="desk.postrow",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Team",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=60, unique=True)),
                        ("place", models.PositiveSmallIntegerField(default=0)),
                        ("networks", models.JSONField(default=list)),
                        ("languages", models.JSONField(default=list)),
                        (
                            "least",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "low"), (2, "normal"), (3, "high"), (4, "urgent")],
                                null=True,
                            ),
                        ),
                        ("by_rota", models.BooleanField(default=True)),
                        ("hands_on", models.BooleanField(default=False)),
                        ("skills", models.ManyToManyField(related_name="teams", to="desk.skill")),
                    ],
                    options={
                        "ordering": ["place", "pk"],
                    },
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
                migrations.CreateModel(
                    name="TeamMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("turn", models.PositiveBigIntegerField(default=0)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="desk.team",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TrainingAttempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("module", models.CharField(max_length=60)),
                        ("edition", models.CharField(max_length=12)),
                        ("answers", models.JSONField(default=list)),
                        ("right", models.PositiveSmallIntegerField()),
                        ("asked", models.PositiveSmallIntegerField()),
                        ("at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attempts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="WatchRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("brand", "brand"),
                                    ("product", "product"),
                                    ("person", "person"),
                                    ("competitor", "competitor"),
                                    ("topic", "topic"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("phrases", models.JSONField(default=list)),
                        ("handles", models.JSONField(default=list)),
                        ("hashtags", models.JSONField(default=list)),
                        ("query", models.TextField()),
                        ("by_query", models.BooleanField(default=False)),
                        ("active", models.BooleanField(default=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="watches",
                                to="desk.brand",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MentionRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("words", amends.desk.models.unchecked.Unchecked(default=list)),
                        ("at", models.DateTimeField()),
                        (
                            "post",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="desk.postrow",
                            ),
                        ),
                        (
                            "watch",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="desk.watchrow",
                            ),
                        ),
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
                        ("break_until", models.DateTimeField(null=True)),
                        ("skills", models.ManyToManyField(related_name="seats", to="desk.skill")),
                    ],
                ),
                migrations.CreateModel(
                    name="Budget",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                        (
                            "beyond",
                            models.CharField(
                                choices=[("approve", "approve"), ("warn", "warn")], max_length=8
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="budgets",
                                to="desk.brand",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "currency"), name="one_budget_per_currency"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Call",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=32, unique=True)),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("phone", "phone"),
                                    ("video", "video"),
                                    ("meeting", "meeting"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("planned", "planned"),
                                    ("held", "held"),
                                    ("missed", "missed"),
                                    ("cancelled", "cancelled"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("minutes", models.PositiveSmallIntegerField()),
                        ("place", models.CharField(blank=True, max_length=300)),
                        ("about", models.TextField(blank=True)),
                        (
                            "began",
                            models.CharField(
                                choices=[("us", "us"), ("customer", "customer")],
                                default=amends.casework.calls.Began["US"],
                                max_length=8,
                            ),
                        ),
                        ("said", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        ("revision", models.PositiveSmallIntegerField(default=0)),
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
                                related_name="calls",
                                to="desk.case",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["case", "starts_at"], name="calls_of_a_case")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseBatchItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("events", models.PositiveIntegerField()),
                        ("before", models.JSONField(default=dict)),
                        ("undone", models.BooleanField(default=False)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="desk.casebatch",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="desk.case",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "case"), name="one_place_in_a_batch"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("seq", models.PositiveIntegerField()),
                        ("kind", models.CharField(max_length=40)),
                        ("at", models.DateTimeField()),
                        ("data", models.JSONField(default=dict)),
                        ("before", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="desk.case",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("case", "seq"), name="one_event_per_place"
                            )
                        ],
                    },
                ),
                migrations.AddConstraint(
                    model_name="channelrow",
                    constraint=models.UniqueConstraint(
                        fields=("network", "handle"), name="one_channel_per_account"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="cursor",
                    constraint=models.UniqueConstraint(
                        fields=("channel", "source"), name="one_cursor_per_source"
                    ),
                ),
                migrations.AddIndex(
                    model_name="authorrow",
                    index=models.Index(
                        condition=models.Q(("role__isnull", False)),
                        fields=["role"],
                        name="authors_with_a_role",
                    ),
                ),
                migrations.AddIndex(
                    model_name="authorrow",
                    index=models.Index(
                        condition=models.Q(("customer__isnull", False)),
                        fields=["customer"],
                        name="authors_of_a_customer",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="authorrow",
                    constraint=models.UniqueConstraint(
                        fields=("native_id", "network"), name="one_row_per_profile"
                    ),
                ),
                migrations.AddIndex(
                    model_name="postrow",
                    index=models.Index(
                        condition=models.Q(("taken_in", False)),
                        fields=["created_at", "id"],
                        name="posts_not_taken_in",
                    ),
                ),
                migrations.AddIndex(
                    model_name="postrow",
                    index=models.Index(
                        condition=models.Q(
                            ("deleted_at__isnull", False), ("erased_at__isnull", True)
                        ),
                        fields=["deleted_at", "id"],
                        name="posts_to_blank",
                    ),
                ),
                migrations.AddIndex(
                    model_name="postrow",
                    index=models.Index(fields=["created_at", "id"], name="posts_by_time"),
                ),
                migrations.AddIndex(
                    model_name="postrow",
                    index=models.Index(
                        amends.desk.models.ids.Turned("conversation"),
                        condition=models.Q(("conversation", models.F("native_id")), _negated=True),
                        name="answers_of_a_thread",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="postrow",
                    constraint=models.UniqueConstraint(
                        amends.desk.models.ids.Turned("native_id"),
                        models.F("network"),
                        name="one_row_per_post",
                    ),
                ),
                migrations.AddIndex(
                    model_name="correction",
                    index=models.Index(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=["-at", "-id"],
                        name="corrections_that_hold",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claimcopy",
                    constraint=models.UniqueConstraint(
                        fields=("claim", "post"), name="one_row_per_copy"
                    ),
                ),
                migrations.AddIndex(
                    model_name="casepost",
                    index=models.Index(
                        condition=models.Q(("abusive_at__isnull", False)),
                        fields=["abusive_at"],
                        name="abusive_posts_by_time",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="deliveryrow",
                    constraint=models.UniqueConstraint(
                        fields=("channel", "digest"), name="one_row_per_delivery"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="draft",
                    constraint=models.UniqueConstraint(
                        fields=("case", "by", "mode"), name="one_draft_per_mode"
                    ),
                ),
                migrations.AddIndex(
                    model_name="evidence",
                    index=models.Index(
                        condition=models.Q(("ask_at__isnull", False)),
                        fields=["ask_at", "id"],
                        name="evidence_to_ask_for",
                    ),
                ),
                migrations.AddIndex(
                    model_name="handoff",
                    index=models.Index(fields=["case", "-id"], name="handoffs_of_a_case"),
                ),
                migrations.AddIndex(
                    model_name="legalhold",
                    index=models.Index(
                        condition=models.Q(("lifted_at__isnull", True), ("told_at__isnull", True)),
                        fields=["expires_at", "id"],
                        name="holds_that_end",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="macroversion",
                    constraint=models.UniqueConstraint(
                        fields=("macro", "number"), name="one_macro_per_version"
                    ),
                ),
                migrations.AddIndex(
                    model_name="headsup",
                    index=models.Index(
                        condition=models.Q(("seen_at__isnull", True)),
                        fields=["to", "at"],
                        name="heads_ups_to_see",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="headsup",
                    constraint=models.UniqueConstraint(
                        fields=("note", "to"), name="one_heads_up_in_a_note"
                    ),
                ),
                migrations.AddIndex(
                    model_name="claim",
                    index=models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "asked to be corrected",
                                    "declined to be corrected",
                                    "noted",
                                    "shown false",
                                ],
                            )
                        ),
                        fields=["case"],
                        name="claims_open",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claim",
                    index=models.Index(fields=["-at", "-id"], name="claims_latest_first"),
                ),
                migrations.AddIndex(
                    model_name="attachment",
                    index=models.Index(
                        condition=models.Q(("reply__isnull", True)),
                        fields=["case", "by", "mode", "id"],
                        name="attachments_not_handed_in",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="presence",
                    constraint=models.UniqueConstraint(
                        fields=("case", "person"), name="one_presence_at_a_case"
                    ),
                ),
                migrations.AddIndex(
                    model_name="promise",
                    index=models.Index(
                        condition=models.Q(
                            ("dropped_at__isnull", True),
                            ("kept_at__isnull", True),
                            ("told_at__isnull", True),
                        ),
                        fields=["due_at", "id"],
                        name="promises_to_be_kept",
                    ),
                ),
                migrations.AddIndex(
                    model_name="rankentry",
                    index=models.Index(fields=["case", "at"], name="ranks_of_a_case"),
                ),
                migrations.AddIndex(
                    model_name="rankwatch",
                    index=models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at", "id"],
                        name="rank_watches_due",
                    ),
                ),
                migrations.AddIndex(
                    model_name="remedy",
                    index=models.Index(
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
                    ),
                ),
                migrations.AddIndex(
                    model_name="ruledue",
                    index=models.Index(fields=["due_at", "id"], name="rules_by_due"),
                ),
                migrations.AddConstraint(
                    model_name="ruledue",
                    constraint=models.UniqueConstraint(
                        fields=("case", "key"), name="one_due_per_happening"
                    ),
                ),
                migrations.AddIndex(
                    model_name="rulerun",
                    index=models.Index(fields=["rule", "-at"], name="runs_of_a_rule"),
                ),
                migrations.AddConstraint(
                    model_name="rulerun",
                    constraint=models.UniqueConstraint(
                        fields=("rule", "case", "key"), name="one_run_per_happening"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ruleversion",
                    constraint=models.UniqueConstraint(
                        fields=("rule", "number"), name="one_rule_per_version"
                    ),
                ),
                migrations.AddIndex(
                    model_name="outgoingreply",
                    index=models.Index(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    amends.casework.delivery.ReplyStatus["READY"],
                                    amends.casework.delivery.ReplyStatus["SENDING"],
                                    amends.casework.delivery.ReplyStatus["NOT_KNOWN"],
                                ],
                            )
                        ),
                        fields=["due_at", "id"],
                        name="replies_on_their_way",
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
                                    amends.casework.delivery.ReplyStatus["READY"],
                                    amends.casework.delivery.ReplyStatus["HELD"],
                                    amends.casework.delivery.ReplyStatus["PAUSED"],
                                ],
                            ),
                        ),
                        fields=["goes_at", "id"],
                        name="replies_for_later",
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
                migrations.AddConstraint(
                    model_name="snippet",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("key",),
                        name="one_snippet_per_key",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="snippetpicture",
                    constraint=models.UniqueConstraint(
                        fields=("snippet", "picture"), name="one_place_for_a_picture_of_a_snippet"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="snippetversion",
                    constraint=models.UniqueConstraint(
                        fields=("snippet", "number"), name="one_snippet_per_version"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="acknowledgement",
                    constraint=models.UniqueConstraint(
                        fields=("policy", "person"), name="acknowledged_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="survey",
                    index=models.Index(fields=["asked_at", "id"], name="surveys_by_time"),
                ),
                migrations.AddIndex(
                    model_name="survey",
                    index=models.Index(
                        fields=["customer", "asked_at"], name="surveys_of_a_customer"
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
                        condition=models.Q(
                            ("acknowledged_at__isnull", True), ("rank__isnull", False)
                        ),
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
                    index=models.Index(
                        condition=models.Q(("snoozed_until__isnull", False)),
                        fields=["snoozed_until", "id"],
                        name="cases_to_wake",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(("silent_at__isnull", False)),
                        fields=["silent_at", "id"],
                        name="cases_by_silence",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(("outcome_at__isnull", False)),
                        fields=["-outcome_at", "-id"],
                        name="cases_by_outcome",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(("legal", True)), fields=["id"], name="cases_legal"
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(("split_from__isnull", False)),
                        fields=["split_from"],
                        name="cases_split_off",
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
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        condition=models.Q(("resolved_at__isnull", False)),
                        fields=["state", "resolved_at", "id"],
                        name="cases_settled_by_state",
                    ),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(fields=["-touched_at", "-id"], name="cases_latest_first"),
                ),
                migrations.AddIndex(
                    model_name="case",
                    index=models.Index(
                        fields=["customer", "-opened_at"], name="cases_of_a_customer"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="teammember",
                    constraint=models.UniqueConstraint(
                        fields=("team", "person"), name="one_place_in_a_team"
                    ),
                ),
                migrations.AddIndex(
                    model_name="trainingattempt",
                    index=models.Index(
                        fields=["person", "module", "-at"], name="attempts_of_a_person"
                    ),
                ),
                migrations.AddIndex(
                    model_name="mentionrow",
                    index=models.Index(fields=["watch", "at", "post"], name="mentions_by_time"),
                ),
                migrations.AddConstraint(
                    model_name="mentionrow",
                    constraint=models.UniqueConstraint(
                        fields=("post", "watch"), name="one_mention_per_watch"
                    ),
                ),
            ]
        ),
        migrations.RunPython(_STATISTICS.tell, _STATISTICS.forget),
    ]
