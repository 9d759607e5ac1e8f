"""Working together on cases: who is at one, and who was given a heads-up."""

from typing import ClassVar

from django.db import models


class Presence(models.Model):
    """Somebody has, or had, a case open. ``writing``: the mode they last typed in, at ``writing_at``."""

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(
        "desk.Responder", on_delete=models.CASCADE, related_name="presences", db_index=False
    )
    seen_at = models.DateTimeField()
    writing = models.CharField(max_length=8, blank=True)
    writing_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "person"], name="one_presence_at_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.case_id}"


class HeadsUp(models.Model):
    """A colleague was named in a note. ``seen_at``: when they looked."""

    note = models.ForeignKey("desk.Note", on_delete=models.CASCADE, related_name="heads_ups")
    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="heads_ups")
    to = models.ForeignKey("desk.Responder", on_delete=models.CASCADE, related_name="heads_ups")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["note", "to"], name="one_heads_up_in_a_note"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["to", "at"],
                name="heads_ups_to_see",
                condition=models.Q(seen_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"heads-up to {self.to_id}"


class CustomerMerge(models.Model):
    """Two customers turned out to be one. ``authors``, ``cases`` and ``policies`` are what moved from
    ``gone`` to ``kept``, by primary key, so that it can be undone."""

    kept = models.ForeignKey("desk.Customer", on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey("desk.Customer", on_delete=models.PROTECT, related_name="+")
    authors = models.JSONField(default=list)
    cases = models.JSONField(default=list)
    policies = models.JSONField(default=list)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"customer {self.gone_id} into {self.kept_id}"
