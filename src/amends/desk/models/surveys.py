"""What customers say in private of how we did."""

from typing import ClassVar

from django.db import models


class Survey(models.Model):
    """A private question after a case was resolved: a score of 1 to 5, and words.

    ``reply`` is the private message that asked. Answered once, by a signed link that ends.
    """

    case = models.ForeignKey("desk.Case", on_delete=models.PROTECT, related_name="surveys")
    customer = models.ForeignKey("desk.Customer", on_delete=models.PROTECT, related_name="surveys")
    by = models.ForeignKey("desk.Responder", null=True, on_delete=models.PROTECT)
    reply = models.ForeignKey("desk.OutgoingReply", null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    score = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_at", "id"], name="surveys_by_time"),
            models.Index(fields=["customer", "asked_at"], name="surveys_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"survey {self.pk}"
