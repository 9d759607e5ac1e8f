"""What colleagues say of readings, and what was learnt from it."""

from typing import ClassVar

from django.db import models


class Correction(models.Model):
    """Somebody said what a post is, or that the reader was right. Of one post's and one ``what`` the
    last holds that was not taken back.

    ``said`` is one of ``casework.correcting.WORDS[what]``; ``was`` what the reader had said, with the
    probability of a complaint and the reader's name and version (``model``). Holds no text.
    """

    post = models.ForeignKey("desk.PostRow", on_delete=models.CASCADE, related_name="corrections")
    what = models.CharField(max_length=10)
    said = models.CharField(max_length=12)
    was = models.CharField(max_length=12)
    complaint = models.FloatField()
    model = models.CharField(max_length=64)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-at", "-id"],
                name="corrections_that_hold",
                condition=models.Q(taken_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.said}"


class LearntHead(models.Model):
    """A head that ``amends learn`` made: a file under the home folder, and what its card says.

    ``reader`` names the reader it was learnt over and goes with; ``figures`` are those of the card.
    """

    folder = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    reader = models.CharField(max_length=64)
    figures = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.folder


class ReadingRules(models.Model):
    """How this desk reads, a version each time it changes; the last holds.

    ``head`` None: the reader alone. ``hand_up_to``: who is handed a case with a call to boycott or a
    threat to launch a wave (R16); None leaves it to the SLA policy. ``vulnerable``: whether it is read
    that somebody may need special care.
    """

    head = models.ForeignKey(LearntHead, null=True, on_delete=models.PROTECT, related_name="+")
    hand_up_to = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    vulnerable = models.BooleanField(default=False)
    by = models.ForeignKey("desk.Responder", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"rules of {self.at:%Y-%m-%d %H:%M}"
