"""What was done to many cases at once, and what each of them was before."""

from typing import ClassVar

from django.db import models

from amends.casework.bulk import Bulk


class CaseBatch(models.Model):
    """One thing done to many cases by somebody."""

    kind = models.CharField(max_length=8, choices=[(b.value, b.value) for b in Bulk])
    value = models.TextField(blank=True)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="batches")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.kind} many, {self.pk}"


class CaseBatchItem(models.Model):
    """A case that was changed. ``events``: how many it had right after: with more, somebody changed
    it since. ``before``: its state, owner, priority and snooze."""

    batch = models.ForeignKey(CaseBatch, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="+")
    events = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "case"], name="one_place_in_a_batch"),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} in {self.batch_id}"
