"""What we listen for and what was heard."""

from typing import ClassVar

from django.db import models

from amends.casework.entry import Came
from amends.desk.models.ids import NativeId, Turned
from amends.desk.models.unchecked import Unchecked
from amends.terms import AuthorRole, WatchKind, network_name


class Brand(models.Model):
    """Whose care this desk takes. ``threshold`` is the complaint probability that opens a case."""

    name = models.CharField(max_length=120, unique=True)
    threshold = models.FloatField(null=True)  # null: the reader's own, recall-first
    contact_route = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class ChannelRow(models.Model):
    """Our account on a network. ``secret`` is encrypted (``desk.actions.secrets``)."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="channels")
    network = models.CharField(max_length=32)
    handle = models.CharField(max_length=253)
    account_id = models.CharField(max_length=512, blank=True)
    settings = models.JSONField(default=dict)
    secret = models.BinaryField(default=bytes)
    owner = models.ForeignKey("desk.Responder", null=True, on_delete=models.SET_NULL)
    deputy = models.ForeignKey(
        "desk.Responder", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    enabled = models.BooleanField(default=True)
    health = models.CharField(max_length=16, default="starting")  # starting, well, waiting, stopped
    health_note = models.TextField(blank=True)
    health_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)  # bumped by every change; workers start anew

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["network", "handle"], name="one_channel_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.handle} on {network_name(self.network)}"


class ChannelStanding(models.Model):
    """How a channel stands, written by its worker now and then. ``lag_s``: how long after they were
    written posts came last; ``quotas``: what is left of the network's limits, the tightest first."""

    channel = models.OneToOneField(
        ChannelRow, primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    read_at = models.DateTimeField(null=True)
    lag_s = models.FloatField(null=True)
    quotas = models.JSONField(default=list)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"standing of {self.channel_id}"


class WatchRow(models.Model):
    """What we listen for: ``query`` is the expression, the three lists what a person typed.

    With ``by_query`` a person typed the expression itself, and the lists have no part in it: then
    ``handles`` are the accounts of whom the watch is about.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="watches")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in WatchKind])
    name = models.CharField(max_length=120)
    phrases = models.JSONField(default=list)
    handles = models.JSONField(default=list)
    hashtags = models.JSONField(default=list)
    query = models.TextField()
    by_query = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class AuthorRow(models.Model):
    """A profile on a network. After an erasure handle and name are empty and stay so."""

    ROLES: ClassVar = [(role.value, role.value) for role in AuthorRole]

    network = models.CharField(max_length=32)
    native_id = models.CharField(max_length=512)
    handle = models.CharField(max_length=253, blank=True)
    name = models.CharField(max_length=640, blank=True)
    followers = models.BigIntegerField(null=True)
    # None: not known. SQLite uses a partial index on "is not null" alone for "role = ?".
    role = models.CharField(max_length=10, choices=ROLES, null=True)  # noqa: DJ001 (as above)
    customer = models.ForeignKey(
        "desk.Customer",
        null=True,
        on_delete=models.SET_NULL,
        related_name="authors",
        db_index=False,  # below: most are nobody's
    )
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["native_id", "network"], name="one_row_per_profile"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["role"],
                name="authors_with_a_role",
                condition=models.Q(role__isnull=False),
            ),
            models.Index(
                fields=["customer"],
                name="authors_of_a_customer",
                condition=models.Q(customer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.handle or "(erased)"

    @property
    def contact(self) -> str:
        """The telephone number or e-mail address of somebody whose complaint was entered by hand; ""
        where none was said, or since it was erased."""
        if self.network not in list(Came) or self.erased_at is not None:
            return ""
        return self.native_id if self.native_id.startswith("+") or "@" in self.native_id else ""


class RoleMark(models.Model):
    """Somebody said what an author is to us. Never edited: of an account's marks the last holds.

    ``network`` "" stands for any. ``handle`` is folded, and empty where the profile has none.
    ``how``: by hand, by a list, or as the account that a competitor's watch names.
    """

    author = models.ForeignKey(AuthorRow, null=True, on_delete=models.SET_NULL, related_name="+")
    network = models.CharField(max_length=32, blank=True)
    handle = models.CharField(max_length=253, blank=True, db_index=True)
    role = models.CharField(max_length=10, choices=AuthorRow.ROLES, blank=True)  # "": taken off
    how = models.CharField(max_length=8, choices=[(h, h) for h in ("hand", "list", "watch")])
    by = models.ForeignKey("desk.Responder", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.handle}: {self.role or 'not known'}"


class PostRow(models.Model):
    """A post as the network gave it. ``conversation`` is the id of the thread's first post."""

    network = models.CharField(max_length=32)
    native_id = NativeId(max_length=512)
    url = models.TextField(blank=True)
    # Unchecked as in ``ReadingRow``: PostgreSQL would lock the author's row for every post.
    author = models.ForeignKey(
        AuthorRow, null=True, on_delete=models.PROTECT, related_name="posts", db_constraint=False
    )
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    lang = models.CharField(max_length=35, blank=True)
    private = models.BooleanField(default=False)
    ours = models.BooleanField(default=False)
    to_us = models.BooleanField(default=False)
    conversation = NativeId(max_length=512)
    in_reply_to = models.CharField(max_length=512, blank=True)
    repost_of = models.CharField(max_length=512, blank=True)
    quote_of = Unchecked(null=True)
    links = Unchecked(default=list)
    media = Unchecked(default=list)
    counts = Unchecked(default=dict)
    heard_at = models.DateTimeField()
    taken_in = models.BooleanField(default=False)  # intake has decided what it means for a case

    class Meta:
        constraints: ClassVar = [
            # The id first: an index that began with the network tempts SQLite to walk all of it.
            models.UniqueConstraint(Turned("native_id"), "network", name="one_row_per_post"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at", "id"],
                name="posts_not_taken_in",
                condition=models.Q(taken_in=False),
            ),
            models.Index(
                fields=["deleted_at", "id"],
                name="posts_to_blank",
                condition=models.Q(deleted_at__isnull=False, erased_at__isnull=True),
            ),
            # Read backwards: what grows at the end leaves full pages behind.
            models.Index(fields=["created_at", "id"], name="posts_by_time"),
            # The first post of a thread is found by its id.
            models.Index(
                Turned("conversation"),
                name="answers_of_a_thread",
                condition=~models.Q(conversation=models.F("native_id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.native_id}"


class ReadingRow(models.Model):
    """What the reader said of a post.

    ``severity`` counts the steps of ``signs.STEPS``, ``signs`` holds a bit for each topic and intent
    (``desk.models.signs``), ``more`` what is only shown. They are None where an earlier release read
    the post. Whether somebody needs special care is not here but in ``SpecialCare``.
    """

    # Written in the transaction that stores the post, and never alone; the check cost PostgreSQL
    # as much as the row (docs/decisions/0021).
    post = models.OneToOneField(
        PostRow,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="reading",
        db_constraint=False,
    )
    complaint = models.FloatField()
    praise = models.FloatField()
    question = models.FloatField()
    sentiment = models.CharField(max_length=8)
    why = Unchecked(default=list)
    retraction = models.BooleanField(default=False)
    model = models.CharField(max_length=64)
    severity = models.PositiveSmallIntegerField(null=True)
    signs = models.BigIntegerField(null=True)
    more = Unchecked(null=True)

    def __str__(self) -> str:
        return f"{self.sentiment}, complaint {self.complaint:.2f}"


class DeepWait(models.Model):
    """A post that the deep tier shall read too, when it comes to it. Unchecked as in ``ReadingRow``."""

    post = models.OneToOneField(
        PostRow,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="deep_wait",
        db_constraint=False,
    )

    def __str__(self) -> str:
        return f"post {self.post_id} waits"


class SpecialCare(models.Model):
    """A post whose author may need special care, and the words that say so.

    Read only where an administrator turned it on, and kept apart so that no export of readings can
    hold it: nothing but the case page looks here.
    """

    post = models.OneToOneField(
        PostRow, primary_key=True, on_delete=models.CASCADE, related_name="special_care"
    )
    words = Unchecked(default=list)

    def __str__(self) -> str:
        return f"special care, post {self.post_id}"


class MentionRow(models.Model):
    """A post that matched a watch, with the words that matched. ``at``: when it was written, here
    too, so that a watch's newest posts are found without a look at all others."""

    # Both are found by the indexes below, which begin with them; unchecked as in ``ReadingRow``.
    post = models.ForeignKey(
        PostRow,
        on_delete=models.CASCADE,
        related_name="mentions",
        db_index=False,
        db_constraint=False,
    )
    watch = models.ForeignKey(
        WatchRow,
        on_delete=models.CASCADE,
        related_name="mentions",
        db_index=False,
        db_constraint=False,
    )
    words = Unchecked(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "watch"], name="one_mention_per_watch"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["watch", "at", "post"], name="mentions_by_time"),
        ]

    def __str__(self) -> str:
        return f"mention {self.pk}"


class Cursor(models.Model):
    """Where a source was read to. Moves only in the transaction that stores what it passed."""

    channel = models.ForeignKey(ChannelRow, on_delete=models.CASCADE, related_name="cursors")
    source = models.CharField(max_length=255)
    value = models.TextField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "source"], name="one_cursor_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} at {self.value}"


class DeadLetterRow(models.Model):
    """What could not be read, with where it came from."""

    source = models.CharField(max_length=512)
    line = models.BigIntegerField(null=True)
    reason = models.TextField()
    raw = models.TextField(blank=True)
    at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "fingerprint"], name="one_letter_per_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class DropCount(models.Model):
    """How many posts a step dropped, by source, reason and day: "why did we not see that post?" """

    source = models.CharField(max_length=512)
    reason = models.CharField(max_length=64)
    day = models.DateField()
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reason", "day"], name="one_count_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.count}"
