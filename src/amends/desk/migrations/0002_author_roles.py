"""What an author is to us, watches by query, and a watch's newest posts by an index."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

BATCH = 50_000


def date_mentions(apps: Any, _schema_editor: Any) -> None:
    """A mention is of the time at which its post was written."""
    mentions = apps.get_model("desk", "MentionRow").objects
    posts = apps.get_model("desk", "PostRow").objects.filter(pk=OuterRef("post"))
    last = mentions.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, BATCH):
        some = mentions.filter(pk__gt=start, pk__lte=start + BATCH)
        some.update(at=Subquery(posts.values("created_at")[:1]))


def mark_competitors(apps: Any, _schema_editor: Any) -> None:
    """The accounts that competitors' watches name are competitors."""
    watches = apps.get_model("desk", "WatchRow").objects.filter(kind="competitor", active=True)
    marks = apps.get_model("desk", "RoleMark").objects
    authors = apps.get_model("desk", "AuthorRow").objects
    known = set(marks.values_list("handle", flat=True))
    for handles in watches.values_list("handles", flat=True):
        for handle in handles:
            folded = handle.strip().lstrip("@\uff20").casefold()
            if folded and folded not in known:
                known.add(folded)
                marks.create(handle=folded, role="competitor", how="watch", at=timezone.now())
                theirs = authors.alias(folded=Lower("handle")).filter(folded=folded)
                theirs.update(role="competitor")


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_first_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
            ],
        ),
        migrations.AddField(
            model_name="authorrow",
            name="role",
            field=models.CharField(
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
        migrations.AddField(
            model_name="mentionrow",
            name="at",
            field=models.DateTimeField(default=datetime(1970, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="watchrow",
            name="by_query",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="mentionrow",
            name="post",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="desk.postrow",
            ),
        ),
        migrations.AlterField(
            model_name="mentionrow",
            name="watch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="desk.watchrow",
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
        migrations.AddField(
            model_name="rolemark",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="desk.authorrow",
            ),
        ),
        migrations.AddField(
            model_name="rolemark",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunPython(date_mentions, migrations.RunPython.noop),
        migrations.RunPython(mark_competitors, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="mentionrow",
            index=models.Index(fields=["watch", "-at", "-post"], name="mentions_newest_first"),
        ),
    ]
