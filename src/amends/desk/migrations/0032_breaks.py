"""Breaks: till when somebody is given no case, as they said themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0031_snippet_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="seatrow",
            name="break_until",
            field=models.DateTimeField(null=True),
        ),
    ]
