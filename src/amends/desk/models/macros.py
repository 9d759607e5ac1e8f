"""Macros, in versions."""

from typing import ClassVar

from django.db import models


class MacroRow(models.Model):
    """A macro as it is now. ``data`` is what ``casework.macros`` reads; ``key`` the digit that runs it,
    "" for none."""

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=1, blank=True)
    data = models.JSONField()
    number = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class MacroVersion(models.Model):
    """What a macro was from one change to the next. Never edited."""

    macro = models.ForeignKey(MacroRow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=1, blank=True)
    data = models.JSONField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["macro", "number"], name="one_macro_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"
