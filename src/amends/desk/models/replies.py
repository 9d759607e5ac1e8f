"""The outbox."""

from typing import ClassVar

from django.db import models

from amends.casework import ReplyStatus


class OutgoingReply(models.Model):
    """A reply of ours on its way. ``attempt`` is its idempotency key, made once and kept."""

    case = models.ForeignKey("desk.Case", on_delete=models.PROTECT, related_name="replies")
    channel = models.ForeignKey("desk.ChannelRow", on_delete=models.PROTECT)
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT)
    private = models.BooleanField(default=False)
    closes_out = models.BooleanField(default=False)
    invites = models.BooleanField(default=False)  # to speak again in public
    text = models.TextField()
    to_post = models.ForeignKey("desk.PostRow", on_delete=models.PROTECT, related_name="+")
    attempt = models.CharField(max_length=64, unique=True)
    status = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ReplyStatus],
        default=ReplyStatus.READY,
    )
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    goes_at = models.DateTimeField(null=True)  # the time a person chose for it
    sending_at = models.DateTimeField(null=True)  # when the last attempt began
    claimed_until = models.DateTimeField(null=True)
    claim = models.CharField(max_length=32, blank=True)  # who holds it
    reason = models.TextField(blank=True)  # what the network said last
    by_hand = models.CharField(max_length=4000, blank=True)  # where a person is to send it
    sent_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=4, blank=True)  # the guard's: pass, ask, stop
    findings = models.JSONField(default=list)  # [code, level, start, end] of each
    lapsed = models.BooleanField(default=False)  # held as whoever wrote it may not speak now
    anyway = models.TextField(blank=True)  # why it goes out in spite of them
    approver = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    rule = models.ForeignKey(
        "desk.RuleVersion", null=True, on_delete=models.PROTECT, related_name="replies"
    )  # that sent it, granted by ``by``
    post = models.OneToOneField(
        "desk.PostRow", null=True, on_delete=models.PROTECT, related_name="reply"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                name="replies_on_their_way",
                condition=models.Q(
                    status__in=[ReplyStatus.READY, ReplyStatus.SENDING, ReplyStatus.NOT_KNOWN]
                ),
            ),
            models.Index(
                fields=["goes_at", "id"],
                name="replies_for_later",
                condition=models.Q(
                    goes_at__isnull=False,
                    status__in=[ReplyStatus.READY, ReplyStatus.HELD, ReplyStatus.PAUSED],
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}: {self.status}"


class SendingStop(models.Model):
    """Nothing goes out on a channel, or on any where ``channel`` is None, until it is lifted."""

    channel = models.ForeignKey("desk.ChannelRow", null=True, on_delete=models.CASCADE)
    reason = models.TextField()
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["channel"],
                name="stops_in_force",
                condition=models.Q(lifted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"stop {self.pk}"


class TakeDown(models.Model):
    """A post of ours that somebody had removed from its network. Our copy of it stays."""

    STATUSES: ClassVar = [(s, s) for s in ("asked", "done", "failed")]

    post = models.ForeignKey("desk.PostRow", on_delete=models.CASCADE, related_name="take_downs")
    channel = models.ForeignKey("desk.ChannelRow", on_delete=models.CASCADE)
    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="take_downs")
    by = models.ForeignKey("desk.Responder", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)  # "" once it was erased
    at = models.DateTimeField()
    status = models.CharField(max_length=6, choices=STATUSES, default="asked")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    note = models.TextField(blank=True)  # what the network said last

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                name="take_downs_to_do",
                condition=models.Q(status="asked"),
            ),
        ]

    def __str__(self) -> str:
        return f"take-down {self.pk}: {self.status}"


class Draft(models.Model):
    """What a responder has typed and not sent: one per case, person and mode."""

    case = models.ForeignKey("desk.Case", on_delete=models.CASCADE, related_name="drafts")
    by = models.ForeignKey("desk.Responder", on_delete=models.CASCADE)
    mode = models.CharField(max_length=8)  # public, private, note
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "by", "mode"], name="one_draft_per_mode"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
