"""Who may speak for the company: the social media policy, the training, and what is asked of whom."""

from typing import ClassVar

from django.db import models


class SocialPolicy(models.Model):
    """One version of the social media policy; the newest is in force, none is changed or removed.

    Its number is its place among them, from 1. From ``asked_from`` on nobody speaks who has not
    acknowledged it.
    """

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    changes = models.TextField(blank=True)  # what is new in it, in a sentence or two
    asked_from = models.DateTimeField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"social media policy, version {self.number}"


class Acknowledgement(models.Model):
    """A person has read one version of the policy and keeps to it."""

    policy = models.ForeignKey(
        SocialPolicy, on_delete=models.CASCADE, related_name="acknowledgements"
    )
    person = models.ForeignKey(
        "desk.Responder", on_delete=models.CASCADE, related_name="acknowledgements"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "person"], name="acknowledged_once"),
        ]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk}"


class SpeakingRules(models.Model):
    """One version of what is asked of whoever speaks; the newest is in force.

    ``modules`` are the names of the training that is asked for, from ``trained_from`` on (null:
    training is not asked for). ``must_sign``: every reply carries the signature of who wrote it.
    """

    trained_from = models.DateTimeField(null=True)
    modules = models.JSONField(default=list)
    must_sign = models.BooleanField(default=False)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"speaking rules {self.pk}"


class OwnModule(models.Model):
    """A training module that the company wrote, as it was typed; shipped ones are no rows."""

    name = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    about = models.CharField(max_length=300, blank=True)
    lesson = models.TextField()
    quiz = models.TextField()
    pass_percent = models.PositiveSmallIntegerField(default=80)
    valid_days = models.PositiveSmallIntegerField(default=365)
    active = models.BooleanField(default=True)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class TrainingAttempt(models.Model):
    """One try at a module's quiz. ``expires_at`` is set where it was passed."""

    person = models.ForeignKey("desk.Responder", on_delete=models.CASCADE, related_name="attempts")
    module = models.CharField(max_length=60)
    edition = models.CharField(max_length=12)  # of the module's words, by their hash
    answers = models.JSONField(default=list)  # the choice made for each question, from 0
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "module", "-at"], name="attempts_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
