"""What is settled away from the public: hand-off links, and the pages that they open."""

from typing import ClassVar

from django.db import models


class IntakePage(models.Model):
    """How a brand's private page greets, what it asks, and how else one reaches us.

    ``fields``: lists of label, kind and "yes" where one must be filled in (``casework.handoff``).
    ``hours`` are those of the telephone; ``days`` is how long a link is open.
    """

    brand = models.OneToOneField("desk.Brand", on_delete=models.CASCADE, related_name="page")
    greeting = models.TextField(blank=True)
    invitation = models.TextField(blank=True)  # stands before the link in a reply
    fields = models.JSONField(default=list)
    phone = models.CharField(max_length=40, blank=True)
    mail = models.CharField(max_length=254, blank=True)
    hours = models.ForeignKey("desk.HoursRow", null=True, on_delete=models.SET_NULL)
    days = models.PositiveSmallIntegerField(default=14)

    def __str__(self) -> str:
        return f"page of {self.brand_id}"


class Handoff(models.Model):
    """A hand-off link: for one customer and one case. Who first writes on its page has it.

    ``name`` stands in the link, with a signature that is kept nowhere. ``seat`` is the hash of what
    the customer's browser holds, ``code`` what they send from their own account to prove who they are.
    """

    name = models.CharField(max_length=16, unique=True)
    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="handoffs")
    customer = models.ForeignKey("desk.Customer", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    in_public = models.BooleanField(default=False)  # it went out in a public reply
    seat = models.CharField(max_length=64, blank=True)
    author = models.OneToOneField(
        "desk.AuthorRow", null=True, on_delete=models.SET_NULL, related_name="handoff"
    )
    claimed_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=8, blank=True)
    proven_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=list)  # pairs of what was asked and what was answered

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "-id"], name="handoffs_of_a_case"),
        ]

    def __str__(self) -> str:
        return f"hand-off {self.pk}"
