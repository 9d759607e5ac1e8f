"""Letters of apology, and what a month may cost."""

from typing import ClassVar

from django.db import models

from amends.casework.budgets import Beyond
from amends.casework.letters import LetterStatus, LetterWay


class Letter(models.Model):
    """A letter to a customer: a gesture of the ledger (``remedy``) with words of its own.

    ``pdf`` is what was handed in, approved and sent, to the byte; ``sha256`` stands in the history too.
    """

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="letters")
    remedy = models.OneToOneField("desk.Remedy", on_delete=models.CASCADE, related_name="letter")
    status = models.CharField(max_length=10, choices=[(s.value, s.value) for s in LetterStatus])
    recipient = models.CharField(max_length=120, blank=True)
    address = models.TextField(blank=True)
    subject = models.CharField(max_length=160, blank=True)
    body = models.TextField(blank=True)
    signer = models.CharField(max_length=160, blank=True)
    dated = models.DateField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=4, blank=True)  # the guard's, of what was handed in
    findings = models.JSONField(default=list)  # [code, level, start, end] of each
    anyway = models.TextField(blank=True)  # why it goes out in spite of them
    approver = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True)  # why it was not approved
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    way = models.CharField(
        max_length=5, choices=[(w.value, w.value) for w in LetterWay], blank=True
    )
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"letter {self.pk}: {self.status}"


class Budget(models.Model):
    """What a brand may give in a month, in one currency."""

    brand = models.ForeignKey("desk.Brand", on_delete=models.CASCADE, related_name="budgets")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    beyond = models.CharField(max_length=8, choices=[(b.value, b.value) for b in Beyond])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "currency"], name="one_budget_per_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
