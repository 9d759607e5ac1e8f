"""Pictures that go out with replies. Their contents lie in the home folder, named by what they
hold, so that the same picture lies there once."""

from typing import ClassVar

from django.db import models


class PictureRow(models.Model):
    """A picture that was drawn anew. ``digest`` is the SHA-256 of its content."""

    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)  # image/jpeg or image/png
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"picture {self.pk}"


class Attachment(models.Model):
    """A picture beside what somebody is writing, and beside the reply once it was handed in."""

    picture = models.ForeignKey(PictureRow, on_delete=models.PROTECT, related_name="attachments")
    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="attachments")
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8)  # public, private
    alt = models.TextField(blank=True)
    no_words = models.BooleanField(default=False)  # it shows nothing that needs to be described
    at = models.DateTimeField()
    reply = models.ForeignKey(
        "desk.OutgoingReply", null=True, on_delete=models.CASCADE, related_name="attachments"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["case", "by", "mode", "id"],
                name="attachments_not_handed_in",
                condition=models.Q(reply__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"
