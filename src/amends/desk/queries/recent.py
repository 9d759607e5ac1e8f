"""What this desk sent lately, or is about to, as the guard compares it: an index in each process."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet

from amends.casework import ReplyStatus
from amends.desk.models import OutgoingReply
from amends.desk.queries.prepared import prepared
from amends.guard import RecentReplies

CAPACITY = 100_000
FIRST, FURTHER = 1_000, 100  # read by the first check of a process, and by each later one
_NEVER_OUT = (ReplyStatus.CANCELLED, ReplyStatus.FAILED)  # what is held may be approved


@dataclass(slots=True)
class _Memory:
    """``newest`` and ``oldest`` are the ids between which all replies were read."""

    index: RecentReplies = field(default_factory=lambda: RecentReplies(capacity=CAPACITY))
    newest: int = 0
    oldest: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def catch_up(self) -> None:
        """What was sent since, and a further part of what was sent before."""
        most = FIRST if self.oldest is None else FURTHER
        if self.oldest is not None:
            self._add(_after(self.newest))
        room = CAPACITY - len(self.index)
        if room > 0:
            self._add(_before(self.oldest or _LAST, most=most)[:room])

    def forget(self) -> None:
        with self.lock:
            self.index.drop_all()
            self.newest, self.oldest = 0, None

    def _add(self, rows: Iterable[tuple[int, str]]) -> None:
        for pk, text in rows:
            self.index.add(text, key=str(pk))
            self.newest = max(self.newest, pk)
            self.oldest = min(self.oldest or pk, pk)


_LAST: Final = 2**62


def _sent() -> QuerySet[OutgoingReply, tuple[int, str]]:
    sent = OutgoingReply.objects.exclude(status__in=sorted(_NEVER_OUT)).exclude(text="")
    return sent.values_list("pk", "text")


@prepared
def _after(newest: int) -> QuerySet[OutgoingReply, tuple[int, str]]:
    return _sent().filter(pk__gt=newest).order_by("pk")


@prepared
def _before(oldest: int, *, most: int) -> QuerySet[OutgoingReply, tuple[int, str]]:
    return _sent().filter(pk__lt=oldest).order_by("-pk")[:most]


_memory = _Memory()


def recent_replies(text: str) -> RecentReplies:
    """The index, up to date as far as this text is concerned: what was erased, or will never go out, is
    forgotten."""
    with _memory.lock:
        _memory.catch_up()
        while (copy := _memory.index.nearest(text)) is not None:
            if (int(copy.key), copy.text) in _sent().filter(pk=int(copy.key)):
                break
            _memory.index.drop(copy.key)
    return _memory.index


def forget_recent() -> None:
    """Begin anew, as where the database is another."""
    _memory.forget()
