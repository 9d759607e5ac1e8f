"""Making amends: whose fault it was, what we give, what we promised."""

from typing import ClassVar

from django.db import models

from amends.casework import Role
from amends.casework.fault import Fault
from amends.casework.remedies import OPEN, RemedyKind, RemedyStatus


class Determination(models.Model):
    """Somebody determined whose fault it was, on what facts. Never edited: the last one holds.

    ``fix`` and ``fix_on`` are what is fixed and by when, where it is ours.
    """

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="determinations")
    fault = models.CharField(max_length=12, choices=[(f.value, f.value) for f in Fault])
    facts = models.TextField()
    fix = models.TextField(blank=True)
    fix_on = models.DateField(null=True)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.fault


class Remedy(models.Model):
    """What we give, beyond words or beyond the fix: one line of a case's ledger."""

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in RemedyKind])
    what = models.TextField(blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    due_on = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RemedyStatus])
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    over_budget = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["case"],
                name="remedies_open",
                condition=models.Q(status__in=sorted(OPEN)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Promise(models.Model):
    """What we said we would do, in a reply or by phone. ``told_at``: when its breaking was told."""

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="promises")
    reply = models.ForeignKey("desk.OutgoingReply", null=True, on_delete=models.SET_NULL)
    words = models.TextField()
    due_at = models.DateTimeField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT)
    at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                name="promises_to_be_kept",
                condition=models.Q(
                    kept_at__isnull=True, dropped_at__isnull=True, told_at__isnull=True
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"promise {self.pk}"


class Authority(models.Model):
    """How much a role may give by itself, in any currency."""

    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Role], unique=True)
    most = models.DecimalField(max_digits=12, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.role}: {self.most}"
