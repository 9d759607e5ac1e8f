"""Parts of replies, in versions, with their files."""

from typing import ClassVar

from django.db import models


class Snippet(models.Model):
    """A part of replies as it is now. ``texts``: by language. The key of one that was removed is
    free for another."""

    key = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    texts = models.JSONField(default=dict)
    number = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"],
                name="one_snippet_per_key",
                condition=models.Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class SnippetVersion(models.Model):
    """What a snippet was from one change to the next. Never edited."""

    snippet = models.ForeignKey(Snippet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    texts = models.JSONField(default=dict)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snippet", "number"], name="one_snippet_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.key}, version {self.number}"


class SnippetPicture(models.Model):
    """A picture that goes beside the text when the snippet is put in."""

    snippet = models.ForeignKey(Snippet, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("desk.PictureRow", on_delete=models.PROTECT, related_name="+")
    alt = models.TextField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["snippet", "picture"], name="one_place_for_a_picture_of_a_snippet"
            ),
        ]

    def __str__(self) -> str:
        return f"picture of {self.snippet_id}"
