"""What was posted to our webhooks."""

from typing import ClassVar

from django.db import models

from amends.desk.models.hearing import ChannelRow


class DeliveryRow(models.Model):
    """A body that was let in, until a day after it was read. The same bytes are there once."""

    channel = models.ForeignKey(ChannelRow, on_delete=models.CASCADE, related_name="deliveries")
    digest = models.CharField(max_length=64)  # SHA-256 of the body
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "digest"], name="one_row_per_delivery"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk} to {self.channel_id}"
