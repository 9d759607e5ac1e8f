"""Calls and meetings with customers."""

from typing import ClassVar

from django.db import models

from amends.casework.calls import Began, CallStatus, CallWay


class Call(models.Model):
    """A call or meeting. ``name`` tells it from others in calendars, where ``revision`` grows with each
    change; ``said`` is what was said, once it was held."""

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="calls")
    name = models.CharField(max_length=32, unique=True)
    way = models.CharField(max_length=8, choices=[(w.value, w.value) for w in CallWay])
    status = models.CharField(max_length=10, choices=[(s.value, s.value) for s in CallStatus])
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True)
    began = models.CharField(
        max_length=8, choices=[(b.value, b.value) for b in Began], default=Began.US
    )
    said = models.TextField(blank=True)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()  # of the last change
    revision = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "starts_at"], name="calls_of_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"
