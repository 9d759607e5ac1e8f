"""What the desk has the guard say."""

from django.db import models


class GuardRules(models.Model):
    """One version of the guard's policy; the newest is in force, none is changed or removed.

    ``levels`` holds what was moved, by code; ``contacts`` the desk's own addresses and numbers.
    """

    levels = models.JSONField(default=dict)
    public_turns = models.PositiveSmallIntegerField()
    similarity = models.FloatField()
    contacts = models.JSONField(default=list)
    reason = models.TextField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"guard rules {self.pk}"
