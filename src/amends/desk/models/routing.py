"""Who is given cases: teams, skills, and the seats of people."""

from typing import ClassVar, Final

from django.db import models

from amends.casework import Priority

CAPACITY: Final = 10
"""Cases in hand at most, of somebody of whom nothing else was said."""


class Skill(models.Model):
    """Something to know about. A case needs it that is of one of ``networks``, has one of ``labels``
    or ``topics``, or says one of ``words``."""

    name = models.CharField(max_length=40, unique=True)
    networks = models.JSONField(default=list)
    labels = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    words = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who share cases. The first by ``place`` that takes a case has it.

    ``by_rota``: only those whom the rota has there are given cases. ``hands_on``: when a customer
    writes while the owner is off duty, the case goes to somebody who is there.
    """

    name = models.CharField(max_length=60, unique=True)
    place = models.PositiveSmallIntegerField(default=0)
    networks = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    skills = models.ManyToManyField(Skill, related_name="teams")
    least = models.PositiveSmallIntegerField(
        choices=[(p.value, p.name.lower()) for p in Priority], null=True
    )
    by_rota = models.BooleanField(default=True)
    hands_on = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["place", "pk"]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Somebody's place in a team. ``turn``: the number of the last case that came to them by turn."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        "desk.Responder", on_delete=models.CASCADE, related_name="memberships"
    )
    turn = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "person"], name="one_place_in_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.team_id}"


class SeatRow(models.Model):
    """How many cases somebody has in hand at most, what they speak (nothing said: any language)
    and what they know. ``break_until``: they are given none till then, as they said themselves."""

    person = models.OneToOneField(
        "desk.Responder", on_delete=models.CASCADE, related_name="seat", primary_key=True
    )
    capacity = models.PositiveSmallIntegerField(default=CAPACITY)
    languages = models.JSONField(default=list)
    skills = models.ManyToManyField(Skill, related_name="seats")
    break_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"seat of {self.person_id}"


class RoutingRules(models.Model):
    """One row: when the abuse-weary rest, and how many cases came to somebody by turn so far. Who
    routes holds it, so that two at once do not both see the same room."""

    rest_after = models.PositiveSmallIntegerField(default=5)  # 0: never
    rest_hours = models.PositiveSmallIntegerField(default=24)
    rest_from_all = models.BooleanField(default=True)
    turns = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"rest after {self.rest_after} in {self.rest_hours} h"
