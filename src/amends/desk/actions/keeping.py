"""Keeping a batch: posts, profiles, readings and matches as rows, without a model for each.

What a network's stream brings is stored by the thousand, and most of it means nothing for a case.
So everything here is looked up for the whole batch at once and written by ``bulk``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

from amends.desk.actions.book import Arrival
from amends.desk.actions.bulk import (
    SKIP,
    Insertion,
    insert_columns,
    insert_values,
    new_keys,
)
from amends.desk.actions.columns import Column
from amends.desk.actions.profiles import Writers, store_profiles, writers_of
from amends.desk.actions.threads import conversations_of
from amends.desk.models import (
    DeepWait,
    MentionRow,
    PostRow,
    ReadingRow,
    SpecialCare,
    WatchRow,
)
from amends.desk.models.ids import Turned
from amends.desk.models.signs import VULNERABLE, signs_of, step_of
from amends.desk.queries.lookups import LookUp, Stretch
from amends.desk.queries.prepared import prepared
from amends.desk.queries.threads import Key, by_network
from amends.terms import Mention, Post, Reading

Watches = Mapping[str, tuple[int, frozenset[str]]]
"""Watches that are there still: their primary keys and kinds, by their names in a mention."""


@dataclass(frozen=True, slots=True)
class Kept:
    """New posts, as they are stored: a column for each fact, in which a post has one place.

    ``read``: what was read in them, where that is written out; ``customers``: of those authors, by their primary keys, who are somebody's; ``kinds``: of the
    watches that matched each.
    """

    mentions: Sequence[Mention]
    keys: Sequence[Key]
    threads: Sequence[Key]
    columns: Mapping[str, Column]
    read: Mapping[str, Column] | None
    customers: Mapping[int, int]
    watches: Watches
    kinds: Sequence[frozenset[str]]

    def __len__(self) -> int:
        return len(self.keys)

    def arrival(self, at: int) -> Arrival:
        values = [column[at] for column in self.columns.values()]
        row = PostRow.from_db(DEFAULT_DB_ALIAS, list(self.columns), values)
        return Arrival(row, self.mentions[at].reading, self.kinds[at])


POST: Final = (
    "id", "network", "native_id", "url", "author_id", "created_at", "edited_at", "deleted_at",
    "erased_at", "text", "lang", "private", "ours", "to_us", "conversation", "in_reply_to",
    "repost_of", "quote_of", "links", "media", "counts", "heard_at", "taken_in",
)  # fmt: skip
"""In the order of the model, as Django takes values."""
_MATCH: Final = ("post_id", "watch_id", "words", "at")


def key_of(post: Post) -> Key:
    return post.network, post.id


_POSTS: Final = LookUp(
    lambda network, ids: PostRow.objects.filter(network=network, native_id__among=ids).values_list(
        "native_id", "pk"
    )
)


_STORED: Final = Stretch(
    lambda low, high: (
        PostRow.objects.annotate(turned=Turned("native_id"))
        .filter(turned__gte=low, turned__lte=high)
        .values_list("native_id")
    )
)


def stored(keys: Iterable[Key]) -> dict[Key, int]:
    """Those of the posts that are stored already, with their primary keys."""
    return {
        (network, native): pk
        for network, ids in by_network(keys).items()
        for native, pk in _POSTS(network, _STORED.narrow(ids))
    }


@dataclass(slots=True)
class Heard:
    """Mentions by their posts, as columns as far as nobody needs to be asked for that."""

    mentions: Mapping[Key, Mention]
    now: datetime
    writers: Writers
    written: Mapping[str, Column]
    read: Mapping[str, Column] | None = None


def write_out(mentions: Mapping[Key, Mention], *, now: datetime) -> Heard:
    """What can be done before the transaction, in which on SQLite nobody else writes. PostgreSQL
    is given readings while it is busy with posts."""
    posts = [one.post for one in mentions.values()]
    heard = Heard(mentions, now, writers_of(posts), _written(posts, now=now))
    if connection.vendor != "postgresql":
        heard.read = _readings([one.reading for one in mentions.values() if one.reading])
    return heard


def find_place(heard: Heard, *, taken_in: bool) -> Kept:
    """What mentions are stored as of whose posts none is stored yet; their authors are stored here.
    ``taken_in`` says that the same transaction decides what they mean."""
    keys, mentions = list(heard.mentions), list(heard.mentions.values())
    posts = [one.post for one in mentions]
    authors, customers = store_profiles(posts, heard.writers)
    threads = conversations_of(keys, posts)
    facts: dict[str, Column] = {
        "id": new_keys(PostRow, len(posts)),
        "author_id": authors,
        "conversation": [thread for _, thread in threads],
        "ours": [one.ours for one in mentions],
        "to_us": [one.to_us for one in mentions],
        "heard_at": [heard.now] * len(posts),
        "taken_in": [taken_in] * len(posts),
        **heard.written,
    }
    columns = {name: facts[name] for name in POST}
    watches = _watches(mentions)
    kinds = _kinds_of(mentions, watches)
    return Kept(mentions, keys, threads, columns, heard.read, customers, watches, kinds)


@contextmanager
def written(kept: Kept) -> Iterator[None]:
    """Store new posts with readings and matches. What is done inside is done while PostgreSQL is at
    the posts, as far as it asks nothing; all of them are there when it has ended."""
    pks, mentions = kept.columns["id"], kept.mentions
    with Insertion(PostRow, kept.columns).running():
        yield
        pairs = [(pk, one.reading) for pk, one in zip(pks, mentions, strict=True) if one.reading]
        read = kept.read or _readings([one for _, one in pairs])
        readings = Insertion(ReadingRow, {"post_id": [pk for pk, _ in pairs], **read})
        rows = _matches(pks, mentions, kept.columns["created_at"], kept.watches)
        matches = Insertion(MentionRow, rows)
    readings.run()
    matches.run()
    _store_more(pairs)


def _written(posts: Sequence[Post], *, now: datetime) -> dict[str, Column]:
    """What the network gave of each post. Nobody wrote it after we heard it."""
    times = (post.created_at for post in posts)
    return {
        "network": [post.network for post in posts],
        "native_id": [post.id for post in posts],
        "url": [post.url or "" for post in posts],
        "created_at": [now if at is None or at > now else at for at in times],
        "edited_at": [post.edited_at for post in posts],
        "text": [post.text.replace("\0", "\N{REPLACEMENT CHARACTER}") for post in posts],
        "lang": [(post.lang or "")[:35] for post in posts],
        "private": [post.visibility == "private" for post in posts],
        "in_reply_to": [post.in_reply_to.id if post.in_reply_to else "" for post in posts],
        "repost_of": [post.repost_of.id if post.repost_of else "" for post in posts],
        "quote_of": [
            msgspec.to_builtins(post.quote_of) if post.quote_of else None for post in posts
        ],
        "links": [post.links for post in posts],
        "media": [msgspec.to_builtins(post.media) if post.media else [] for post in posts],
        "counts": [post.counts for post in posts],
        "deleted_at": [None] * len(posts),
        "erased_at": [None] * len(posts),
    }


def store_readings(pairs: Sequence[tuple[int, Reading]]) -> None:
    """Store what was read in new posts, by their primary keys."""
    read = _readings([one for _, one in pairs])
    insert_columns(ReadingRow, {"post_id": [pk for pk, _ in pairs], **read})
    _store_more(pairs)


def _readings(read: Sequence[Reading]) -> dict[str, Column]:
    return {
        "complaint": [one.complaint for one in read],
        "praise": [one.praise for one in read],
        "question": [one.question for one in read],
        "sentiment": [one.sentiment for one in read],
        "why": [one.why for one in read],
        "retraction": [one.retraction for one in read],
        "model": [one.model[:64] for one in read],
        "severity": [step_of(one) for one in read],
        "signs": [
            signs_of(one.topics, one.intents) if one.topics or one.intents else 0 for one in read
        ],
        "more": [more_of(one) for one in read],
    }


def _store_more(pairs: Sequence[tuple[int, Reading]]) -> None:
    """That a post waits for the deep tier, and what is kept apart."""
    insert_values(DeepWait, ("post_id",), [(pk,) for pk, one in pairs if one.unsure])
    care = [(pk, words_of_care(one)) for pk, one in pairs if VULNERABLE in one.intents]
    insert_values(SpecialCare, ("post_id", "words"), care)


def more_of(reading: Reading) -> dict[str, object] | None:
    """What is only shown of a reading, without what is kept apart; None where there is nothing."""
    felt = reading.emotion, round(reading.arousal, 2), reading.lang
    if not reading.targets and not reading.reasons:
        return _felt(*felt)
    more: dict[str, object] = {**(_felt(*felt) or {})}
    if reading.targets:
        more["targets"] = reading.targets
    why = {name: said for name, said in reading.reasons.items() if name not in _APART}
    if why:
        more["why"] = why
    return more or None


@lru_cache(4096)
def _felt(emotion: str | None, arousal: float, lang: str | None) -> dict[str, object] | None:
    """The same object each time, that nobody changes."""
    felt: dict[str, object] = {} if emotion is None else {"emotion": emotion, "arousal": arousal}
    return (felt if lang is None else felt | {"lang": lang}) or None


def words_of_care(reading: Reading) -> tuple[str, ...]:
    return reading.reasons.get(_CARE, ())


_CARE: Final = f"intents.{VULNERABLE}"
_APART: Final = frozenset({"complaint", _CARE})  # the words of the first are in ``why``


def _matches(
    pks: Sequence[int], mentions: Sequence[Mention], written: Column, watches: Watches
) -> dict[str, Column]:
    """Which watches matched, but for those removed meanwhile."""
    rows = [
        (pk, watches[watch][0], words, at)
        for pk, one, at in zip(pks, mentions, written, strict=True)
        for watch, words in one.watches.items()
        if watch in watches
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(_MATCH)
    return dict(zip(_MATCH, columns, strict=True))


def _kinds_of(mentions: Sequence[Mention], watches: Watches) -> list[frozenset[str]]:
    """The kinds of the watches that matched each."""
    kinds = {watch: known[1] for watch, known in watches.items()}
    return [
        kinds.get(next(iter(one.watches)), _NONE)
        if len(one.watches) == 1
        else _NONE.union(*(kinds.get(watch, _NONE) for watch in one.watches))
        for one in mentions
    ]


_NONE: Final = frozenset[str]()


def match_stored(mentions: Mapping[Key, Mention], known: Mapping[Key, int]) -> None:
    """Note which watches match posts that are stored already."""
    watches = _watches(mentions.values())
    pks = [known[key] for key in mentions]
    written = dict(PostRow.objects.filter(pk__in=pks).values_list("pk", "created_at"))
    rows = [
        (known[key], watches[watch][0], list(words), written[known[key]])
        for key, mention in mentions.items()
        for watch, words in mention.watches.items()
        if watch in watches
    ]
    insert_values(MentionRow, _MATCH, rows, known=SKIP)


def _watches(mentions: Collection[Mention]) -> Watches:
    """The watches that matched and are there still, with their kinds."""
    named = set[str]().union(*[mention.watches for mention in mentions])
    pks = [int(watch) for watch in named if watch.isdecimal() and len(watch) < 19]
    return {str(pk): (pk, frozenset({kind})) for pk, kind in (_kinds(pks) if pks else ())}


@prepared
def _kinds(watches: list[int]) -> QuerySet[WatchRow, tuple[int, str]]:
    return WatchRow.objects.filter(id__among=watches).values_list("pk", "kind")
