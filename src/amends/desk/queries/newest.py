"""Going through the newest posts, part by part, until a page is full or the time is up.

Whatever a list is narrowed to, a page costs a bounded time on a desk of any size: what fits seldom is
looked for as far back as the time allows, and the list says how far that was.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec
from django.db.models import Q, QuerySet

from amends.desk.models import MentionRow, PostRow
from amends.terms import BadInput

FIRST_PART: Final = 2000
LARGEST_PART: Final = 16_000

Tick = Callable[[], float]
"""A clock that only goes on, in seconds."""
Fits = Callable[[QuerySet[PostRow]], QuerySet[PostRow]]


class Key(NamedTuple):
    """A post's place among the newest."""

    at: datetime
    pk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest posts of all, of some authors, or of a watch; ``since`` in, ``until`` not."""

    watch: int | None = None
    authors: Sequence[int] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def end(self, after: Key | None, size: int) -> Key | None:
        """The key of the ``size``-th post after that one; None where fewer are left."""
        rows: QuerySet[Any]
        if self.watch is not None:
            rows = MentionRow.objects.filter(self._place("at", "post", after, None))
            rows = rows.filter(watch=self.watch).order_by("-at", "-post_id")
            keys: QuerySet[Any, tuple[datetime, int]] = rows.values_list("at", "post_id")
        else:
            rows = PostRow.objects.filter(self._place("created_at", "pk", after, None))
            if self.authors is not None:
                rows = rows.filter(author__in=self.authors)
            keys = rows.order_by("-created_at", "-pk").values_list("created_at", "pk")
        last = next(iter(keys[size - 1 : size]), None)
        return Key(*last) if last else None

    def part(self, after: Key | None, last: Key | None) -> QuerySet[PostRow]:
        """The posts after one key down to another, newest first."""
        if self.watch is not None:
            place = self._place("mentions__at", "mentions__post", after, last)
            posts = PostRow.objects.filter(place & Q(mentions__watch=self.watch))
            return posts.order_by("-mentions__at", "-mentions__post")
        posts = PostRow.objects.filter(self._place("created_at", "pk", after, last))
        if self.authors is not None:
            posts = posts.filter(author__in=self.authors)
        return posts.order_by("-created_at", "-pk")

    def _place(self, at: str, pk: str, after: Key | None, last: Key | None) -> Q:
        # What "or" joins cannot be sought in an index; the plain comparison beside it can.
        place = Q()
        if self.since is not None:
            place &= Q(**{f"{at}__gte": self.since})
        if self.until is not None:
            place &= Q(**{f"{at}__lt": self.until})
        if after is not None:
            earlier = Q(**{f"{at}__lt": after.at}) | Q(**{f"{pk}__lt": after.pk})
            place &= Q(**{f"{at}__lte": after.at}) & earlier
        if last is not None:
            later = Q(**{f"{at}__gt": last.at}) | Q(**{f"{pk}__gte": last.pk})
            place &= Q(**{f"{at}__gte": last.at}) & later
        return place


@dataclass(frozen=True, slots=True)
class Walked:
    """Ids that fit, newest first, one more than asked where there is a further page.

    ``count`` fit among the ``looked`` newest; ``stopped``: as far as one went, None at the end.
    """

    ids: list[int]
    count: int
    looked: int
    stopped: Key | None


def walk(
    newest: Newest, fits: Fits, *, after: Key | None, size: int, tick: Tick, budget: float
) -> Walked:
    """Ever larger parts, until ``size`` posts and one more fit, or ``budget`` seconds are gone."""
    began, part = tick(), FIRST_PART
    ids: list[int] = []
    count = looked = 0
    while True:
        last = newest.end(after, part)
        found = list(fits(newest.part(after, last)).values_list("pk", flat=True))
        ids += found[: size + 1 - len(ids)]
        count, looked, after = count + len(found), looked + part, last
        if last is None or len(ids) > size or tick() - began >= budget:
            return Walked(ids, count, looked, last)
        part = min(2 * part, LARGEST_PART)


def write_key(key: Key) -> str:
    """A key as an address carries it."""
    return base64.urlsafe_b64encode(msgspec.json.encode([key.at.isoformat(), key.pk])).decode()


def read_key(text: str) -> Key | None:
    """What ``write_key`` wrote, None for "". Raises ``BadInput`` for anything else."""
    if not text:
        return None
    try:
        written = base64.urlsafe_b64decode(text.encode())
        at, pk = msgspec.json.decode(written, type=tuple[datetime, int])
        pk.to_bytes(8, signed=True)  # as large as a database keeps
        return Key(at.astimezone(UTC), pk)
    except (ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise BadInput("That page does not exist. Go back to the first.") from error
