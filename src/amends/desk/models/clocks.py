"""What is promised and who is there: business hours, SLA policies, the rota."""

from typing import ClassVar

from django.db import models

from amends.casework import Priority
from amends.casework.rota import Duty


class HoursRow(models.Model):
    """Business hours by name. ``windows``: lists of day (0 is Monday), opening and closing time as
    HH:MM; ``closed``: days off as ISO dates. ``cover``: when the rota must have somebody."""

    COVER: ClassVar = [("", "not checked"), ("hours", "in these hours"), ("always", "at any time")]

    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField(max_length=60, default="UTC")
    windows = models.JSONField(default=list)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=10, blank=True)
    closed = models.JSONField(default=list)
    cover = models.CharField(max_length=8, choices=COVER, blank=True)

    def __str__(self) -> str:
        return self.name


class SlaPolicyRow(models.Model):
    """What we promise to whom. ``times``: minutes of open time by clock; ``hours`` None is day and
    night. ``escalate_to``: who is handed a case whose clock was missed."""

    name = models.CharField(max_length=80, unique=True)
    priority = models.PositiveSmallIntegerField(
        choices=[(p.value, p.name.lower()) for p in Priority], null=True
    )
    network = models.CharField(max_length=32, blank=True)
    customer = models.ForeignKey(
        "desk.Customer", null=True, on_delete=models.CASCADE, related_name="sla_policies"
    )
    hours = models.ForeignKey(HoursRow, null=True, on_delete=models.PROTECT)
    times = models.JSONField(default=dict)
    escalate_to = models.ForeignKey("desk.Responder", null=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return self.name


class RotaTurn(models.Model):
    """One person's turn of every week, by the clock of their ``zone``; ``day`` 0 is Monday."""

    person = models.ForeignKey("desk.Responder", on_delete=models.CASCADE, related_name="turns")
    duty = models.CharField(max_length=8, choices=[(d.value, d.value) for d in Duty])
    zone = models.CharField(max_length=60, default="UTC")
    day = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    first = models.DateField(null=True)
    last = models.DateField(null=True)

    def __str__(self) -> str:
        return f"turn {self.pk}"


class RotaAbsence(models.Model):
    """Days on which somebody is away, both counted."""

    person = models.ForeignKey("desk.Responder", on_delete=models.CASCADE, related_name="absences")
    zone = models.CharField(max_length=60, default="UTC")
    first = models.DateField()
    last = models.DateField()

    def __str__(self) -> str:
        return f"absence {self.pk}"
