"""Claims that may be false: what was said, what shows what is true, who repeats it, what is kept."""

from typing import ClassVar

from django.db import models

from amends.casework.claims import OPEN, ClaimState
from amends.casework.evidence import Source


class Claim(models.Model):
    """What somebody claims, in its exact words. ``truth`` is what it was decided on.

    ``request`` is the reply that asks for a correction, ``retraction`` the post that took the claim
    back. ``looked_to`` is the last stored post that was looked at for copies.
    """

    case = models.ForeignKey("desk.Case", on_delete=models.PROTECT, related_name="claims")
    post = models.ForeignKey(
        "desk.PostRow", null=True, on_delete=models.PROTECT, related_name="claims"
    )
    words = models.TextField(blank=True)
    truth = models.TextField(blank=True)
    state = models.CharField(
        max_length=24, choices=[(s.value, s.value) for s in ClaimState], default=ClaimState.NOTED
    )
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    request = models.ForeignKey(
        "desk.OutgoingReply", null=True, on_delete=models.SET_NULL, related_name="claims"
    )
    asked_at = models.DateTimeField(null=True)
    retraction = models.ForeignKey(
        "desk.PostRow", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    looked_to = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["case"],
                name="claims_open",
                condition=models.Q(state__in=sorted(s.value for s in OPEN)),
            ),
            models.Index(fields=["-at", "-id"], name="claims_latest_first"),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Evidence(models.Model):
    """Bytes that show something, with their SHA-256, which is in the case's chain too.

    ``source``: what the network answered, what the desk had stored, or a file. One that the network
    is still to be asked for has no ``kept_at``; ``reason`` says why it could not be had.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="evidence")
    source = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Source])
    post = models.ForeignKey(
        "desk.PostRow", null=True, on_delete=models.PROTECT, related_name="evidence"
    )
    name = models.CharField(max_length=255, blank=True)
    origin = models.TextField(blank=True)  # the address that answered
    data = models.BinaryField(default=bytes)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)  # when the network is to be asked (again)
    reason = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["ask_at", "id"],
                name="evidence_to_ask_for",
                condition=models.Q(ask_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class ClaimCopy(models.Model):
    """Another post that says the same: by quoting or reposting it, or in the same words."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="copies")
    post = models.ForeignKey("desk.PostRow", on_delete=models.PROTECT, related_name="copies_of")
    how = models.CharField(max_length=8, choices=[(h, h) for h in ("quote", "repost", "words")])
    at = models.DateTimeField()
    dismissed_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "post"], name="one_row_per_copy"),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.post_id} of claim {self.claim_id}"


class LegalHold(models.Model):
    """Keeps the texts of a case's posts and of its claims after their authors deleted them."""

    case = models.ForeignKey("desk.Case", on_delete=models.PROTECT, related_name="holds")
    reason = models.TextField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when its end was written down

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at", "id"],
                name="holds_that_end",
                condition=models.Q(lifted_at__isnull=True, told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} until {self.expires_at:%Y-%m-%d}"
