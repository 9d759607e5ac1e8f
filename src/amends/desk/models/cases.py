"""Cases, their history, and the customers behind them."""

from typing import Any, ClassVar, NoReturn

from django.db import models

from amends.casework import GENESIS, CaseState, Outcome, Priority
from amends.casework.fault import Fault, SecondChance


class Customer(models.Model):
    """The person behind profiles. Holds no name: names lie in the profiles, which can be erased."""

    since = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"customer {self.pk}"


class Label(models.Model):
    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class Case(models.Model):
    """Our unit of work. ``state`` moves by ``casework.MOVES``; everything else is a fact beside it.

    ``unanswered_since`` is when the oldest customer post without an answer of ours was written,
    None when all are answered. ``events`` and ``head`` are the length and last hash of its chain.

    Of the clocks, computed anew at each change (``desk.actions.clockwork``): ``due_at`` and ``clock``
    are of the one that runs out first, ``alarm_at`` when the first runs out of which nobody was told,
    ``told`` when those began of which somebody was. ``pauses`` are the stretches in which it was
    neither new nor open, as ISO times. ``rank`` orders those that are live and not snoozed: the
    smallest is what waiting costs most (``casework.waiting``).

    ``outcome_at`` is when it was seen what the customer made of it, ``silent_at`` when saying nothing
    till then is the outcome.
    ``route_at``: since when it waits for routing to give it to somebody; ``passed_by`` gave it back.
    ``abusive_at``: when somebody last wrote abuse in it.
    """

    ref = models.CharField(max_length=16, unique=True)
    brand = models.ForeignKey("desk.Brand", on_delete=models.PROTECT, related_name="cases")
    channel = models.ForeignKey("desk.ChannelRow", null=True, on_delete=models.SET_NULL)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cases")
    network = models.CharField(max_length=32)
    conversation = models.CharField(max_length=512, db_index=True)
    first_post = models.ForeignKey("desk.PostRow", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in CaseState], default=CaseState.NEW
    )
    outcome = models.CharField(
        max_length=10, choices=[(o.value, o.value) for o in Outcome], blank=True
    )
    priority = models.PositiveSmallIntegerField(
        choices=[(p.value, p.name.lower()) for p in Priority], default=Priority.NORMAL
    )
    outcome_at = models.DateTimeField(null=True)
    silent_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)  # to speak again in public (R45)
    legal = models.BooleanField(default=False)  # for those alone who deal with legal matters (R46)
    # Without an index of its own, which SQLite would take for "of nobody" and then sort.
    owner = models.ForeignKey(
        "desk.Responder",
        null=True,
        on_delete=models.SET_NULL,
        related_name="cases",
        db_index=False,
    )
    labels = models.ManyToManyField(Label, related_name="cases")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    # Few are split off; an index of its own would hold a place for every case.
    split_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="split_off", db_index=False
    )
    private = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    unanswered_since = models.DateTimeField(null=True)
    customer_wrote_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # our first reply, public or private
    acknowledged_at = models.DateTimeField(null=True)  # our first public reply (R26)
    taken_private_at = models.DateTimeField(null=True)  # the first private message either way (R32)
    resolved_at = models.DateTimeField(null=True)
    closed_out_at = models.DateTimeField(null=True)  # our public close-out (R44)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(blank=True)  # why it was closed without a public close-out
    fault = models.CharField(max_length=12, choices=[(f.value, f.value) for f in Fault], blank=True)
    second_chance = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in SecondChance], blank=True
    )
    pauses = models.JSONField(null=True)
    due_at = models.DateTimeField(null=True)
    clock = models.CharField(max_length=16, blank=True)
    alarm_at = models.DateTimeField(null=True)
    told = models.JSONField(null=True)
    spread = models.PositiveIntegerField(default=0)  # how often others took the matter up
    escalated = models.PositiveSmallIntegerField(default=0)  # how often it was handed up
    rank = models.BigIntegerField(null=True)
    snoozed_until = models.DateTimeField(null=True)  # put off: in no tab but its own till then
    team = models.ForeignKey(
        "desk.Team", null=True, on_delete=models.SET_NULL, related_name="cases", db_index=False
    )
    route_at = models.DateTimeField(null=True)
    passed_by = models.ForeignKey(
        "desk.Responder",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    abusive_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()
    events = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        # Conditions without values of their own: SQLite uses no other partial index.
        indexes: ClassVar = [
            models.Index(
                fields=["rank", "id"],
                name="cases_by_rank",
                condition=models.Q(rank__isnull=False),
            ),
            models.Index(
                fields=["owner", "rank", "id"],
                name="cases_of_an_owner_by_rank",
                condition=models.Q(rank__isnull=False, owner__isnull=False),
            ),
            models.Index(
                fields=["rank", "id"],
                name="cases_of_nobody_by_rank",
                condition=models.Q(rank__isnull=False, owner__isnull=True),
            ),
            models.Index(
                fields=["rank", "id"],
                name="cases_to_acknowledge_by_rank",
                condition=models.Q(rank__isnull=False, acknowledged_at__isnull=True),
            ),
            models.Index(
                fields=["alarm_at", "id"],
                name="cases_by_alarm",
                condition=models.Q(alarm_at__isnull=False),
            ),
            models.Index(
                fields=["snoozed_until", "id"],
                name="cases_to_wake",
                condition=models.Q(snoozed_until__isnull=False),
            ),
            models.Index(
                fields=["silent_at", "id"],
                name="cases_by_silence",
                condition=models.Q(silent_at__isnull=False),
            ),
            models.Index(
                fields=["-outcome_at", "-id"],
                name="cases_by_outcome",
                condition=models.Q(outcome_at__isnull=False),
            ),
            models.Index(fields=["id"], name="cases_legal", condition=models.Q(legal=True)),
            models.Index(
                fields=["split_from"],
                name="cases_split_off",
                condition=models.Q(split_from__isnull=False),
            ),
            models.Index(
                fields=["route_at", "id"],
                name="cases_to_route",
                condition=models.Q(route_at__isnull=False),
            ),
            models.Index(
                fields=["state", "resolved_at", "id"],
                name="cases_settled_by_state",
                condition=models.Q(resolved_at__isnull=False),
            ),
            models.Index(fields=["-touched_at", "-id"], name="cases_latest_first"),
            models.Index(fields=["customer", "-opened_at"], name="cases_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.ref


class CasePost(models.Model):
    """A post's place in a case: a post belongs to one case at most. ``abusive_at``: when it was
    written, of a post with abuse in it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="places")
    post = models.OneToOneField("desk.PostRow", on_delete=models.CASCADE, related_name="place")
    why = models.CharField(max_length=20)
    at = models.DateTimeField()
    abusive_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["abusive_at"],
                name="abusive_posts_by_time",
                condition=models.Q(abusive_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} in {self.case_id}"


class CaseEvent(models.Model):
    """One line of a case's history: past tense, ids and small facts only. Never edited."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="history")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey("desk.Responder", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_place"),
        ]

    def __str__(self) -> str:
        return self.kind

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once. Raises ``TypeError`` on a second save."""
        if not self._state.adding:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        message = "An event is never changed."
        raise TypeError(message)


class Note(models.Model):
    """What a colleague wrote for colleagues. Never leaves the building."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT)
    at = models.DateTimeField()
    text = models.TextField()
    rule = models.ForeignKey(
        "desk.RuleVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )  # that wrote it, for whoever saved it

    def __str__(self) -> str:
        return f"note {self.pk}"
