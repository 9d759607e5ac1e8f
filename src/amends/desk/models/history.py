"""Files of history and how far they were read."""

from django.db import models


class ImportRun(models.Model):
    """One file, known by the hash of its bytes: reading it again changes nothing.

    ``lines`` is how many lines are done; ``counts`` what became of them. The counts and the
    posts of a batch move in one transaction, so a killed import resumes where it stood.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    format = models.CharField(max_length=32)
    brand = models.ForeignKey("desk.Brand", null=True, on_delete=models.SET_NULL)
    position = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
