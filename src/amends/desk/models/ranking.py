"""Where complaints' addresses stand in searches for the brand."""

from typing import ClassVar

from django.db import models


class SearchAccess(models.Model):
    """The one key for searching the web. ``month`` and ``calls``: what was asked for in the month last
    counted, against ``most`` calls in each."""

    enabled = models.BooleanField(default=False)
    sealed = models.BinaryField(default=bytes)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166; "": wherever
    most = models.PositiveIntegerField(default=1000)
    month = models.CharField(max_length=7, blank=True)  # 2026-03, in UTC
    calls = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)  # what went wrong last; "" where nothing did
    noted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"web search, {self.calls} of {self.most}"


class RankWatch(models.Model):
    """An address and a query that are looked up each day."""

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="rank_watches")
    query = models.CharField(max_length=200)
    address = models.TextField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # None: nobody looks any more

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                name="rank_watches_due",
                condition=models.Q(due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"rank watch {self.pk}"


class RankEntry(models.Model):
    """Where an address stood at a time: ``place`` 1 is the top, None not among the first ``among``."""

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="rank_entries")
    query = models.CharField(max_length=200)
    address = models.TextField()
    place = models.PositiveSmallIntegerField(null=True)
    among = models.PositiveSmallIntegerField(null=True)  # None: whoever looked did not say
    at = models.DateTimeField()
    by = models.ForeignKey("desk.Responder", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="ranks_of_a_case")]

    def __str__(self) -> str:
        return f"place {self.place}"
