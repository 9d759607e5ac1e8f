"""Where drafts and translations are asked for."""

from django.db import models


class DraftEndpoint(models.Model):
    """One version of what is asked for drafts; the newest counts, and none is changed.

    ``address`` is that of an OpenAI-compatible API, such as ``http://127.0.0.1:8080/v1``; ``sealed``
    holds its key. ``language`` is what colleagues read, as two letters.
    """

    enabled = models.BooleanField(default=False)
    address = models.CharField(max_length=500)
    model = models.CharField(max_length=200)
    sealed = models.BinaryField(default=bytes)
    language = models.CharField(max_length=8, default="en")
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"drafts by {self.model}"
