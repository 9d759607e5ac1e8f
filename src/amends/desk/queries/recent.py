"""What this desk sent lately, as the guard compares it: an index in each process."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from amends.casework import ReplyStatus
from amends.desk.models import OutgoingReply
from amends.guard import RecentReplies

CAPACITY = 100_000
FIRST, FURTHER = 1_000, 100  # read by the first check of a process, and by each later one
_NEVER_OUT = (ReplyStatus.CANCELLED, ReplyStatus.FAILED, ReplyStatus.HELD)


@dataclass(slots=True)
class _Memory:
    """``newest`` and ``oldest`` are the ids between which all replies were read."""

    index: RecentReplies = field(default_factory=lambda: RecentReplies(capacity=CAPACITY))
    newest: int = 0
    oldest: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def catch_up(self) -> None:
        """What was sent since, and a further part of what was sent before."""
        sent = OutgoingReply.objects.exclude(status__in=_NEVER_OUT).exclude(text="")
        before, most = sent, FIRST
        if self.oldest is not None:
            most = FURTHER
            before = sent.filter(pk__lt=self.oldest)
            self._add(sent.filter(pk__gt=self.newest).order_by("pk").values_list("pk", "text"))
        most = max(0, min(most, CAPACITY - len(self.index)))
        self._add(before.order_by("-pk").values_list("pk", "text")[:most])

    def _add(self, rows: Iterable[tuple[int, str]]) -> None:
        for pk, text in rows:
            self.index.add(text, key=str(pk))
            self.newest = max(self.newest, pk)
            self.oldest = min(self.oldest or pk, pk)


_memory = _Memory()


def recent_replies(text: str) -> RecentReplies:
    """The index, up to date as far as this text is concerned: what was erased is forgotten."""
    with _memory.lock:
        _memory.catch_up()
        while (copy := _memory.index.nearest(text)) is not None:
            kept = OutgoingReply.objects.filter(pk=int(copy.key)).values_list("text", flat=True)
            if kept.first() == copy.text:
                break
            _memory.index.drop(copy.key)
    return _memory.index


def forget_recent() -> None:
    """Begin anew, as where the database is another."""
    global _memory  # noqa: PLW0603 (the one thing a process remembers)
    _memory = _Memory()
