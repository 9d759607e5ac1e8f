"""Where a person is to send a reply that its network takes from nobody else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0009_unchecked_json")]

    operations = [
        migrations.AddField(
            model_name="outgoingreply",
            name="by_hand",
            field=models.CharField(blank=True, default="", max_length=4000),
            preserve_default=False,
        ),
    ]
