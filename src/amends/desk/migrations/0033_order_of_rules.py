"""The order of rules: in which place each runs; those that were there keep the order of their age."""

from django.db import migrations, models

KINDS = ("saved", "switched_on", "switched_off", "granted", "revoked", "removed", "moved")


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0032_breaks"),
    ]

    operations = [
        migrations.AddField(
            model_name="rulerow",
            name="place",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="rulechange",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=12),
        ),
    ]
