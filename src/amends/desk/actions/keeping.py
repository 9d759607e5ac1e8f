"""Keeping a batch: posts, profiles, readings and matches as rows, without a model for each.

What a network's stream brings is stored by the thousand, and most of it means nothing for a case.
So everything here is looked up for the whole batch at once and written by ``bulk``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from django.db import DEFAULT_DB_ALIAS

from amends.desk.actions.book import Arrival
from amends.desk.actions.bulk import (
    SKIP,
    insert_columns,
    insert_new,
    insert_values,
    new_keys,
    update_values,
)
from amends.desk.actions.columns import Column
from amends.desk.actions.threads import conversations_of
from amends.desk.models import (
    AuthorRow,
    DeepWait,
    MentionRow,
    PostRow,
    ReadingRow,
    SpecialCare,
    WatchRow,
)
from amends.desk.models.signs import VULNERABLE, signs_of, step_of
from amends.desk.queries.roles import roles_of
from amends.desk.queries.threads import Key, by_network
from amends.terms import Author, Mention, Post, Reading


@dataclass(slots=True)
class Profile:
    """A stored author, as far as hearing asks."""

    pk: int
    handle: str
    name: str
    followers: int | None
    customer: int | None = None


@dataclass(slots=True)
class Kept:
    """A new post that was stored, at its place in ``columns``; ``kinds`` are those of the watches
    that matched."""

    pk: int
    mention: Mention
    author: Profile | None
    thread: Key
    columns: Mapping[str, Column]
    at: int
    kinds: frozenset[str] = frozenset()

    @property
    def private(self) -> bool:
        return self.mention.post.visibility == "private"

    def arrival(self) -> Arrival:
        values = [column[self.at] for column in self.columns.values()]
        row = PostRow.from_db(DEFAULT_DB_ALIAS, list(self.columns), values)
        return Arrival(row, self.mention.reading, self.kinds)


POST: Final = (
    "id", "network", "native_id", "url", "author_id", "created_at", "edited_at", "deleted_at",
    "erased_at", "text", "lang", "private", "ours", "to_us", "conversation", "in_reply_to",
    "repost_of", "quote_of", "links", "media", "counts", "heard_at", "taken_in",
)  # fmt: skip
"""In the order of the model, as Django takes values."""
_MATCH: Final = ("post_id", "watch_id", "words", "at")
_PROFILE: Final = ("id", "network", "native_id", "handle", "name", "followers", "role")


def key_of(post: Post) -> Key:
    return post.network, post.id


def stored(keys: Iterable[Key]) -> dict[Key, int]:
    """Those of the posts that are stored already, with their primary keys."""
    return {
        (network, native): pk
        for network, ids in by_network(keys).items()
        for native, pk in PostRow.objects.filter(network=network, native_id__among=ids).values_list(
            "native_id", "pk"
        )
    }


def keep_new(mentions: Collection[Mention], *, now: datetime, taken_in: bool) -> list[Kept]:
    """Store mentions whose posts are not stored yet, each once. ``taken_in`` says that the same
    transaction decides what they mean."""
    posts = [one.post for one in mentions]
    keys = [_profile_key(post) for post in posts]
    profiles, threads = _store_profiles(posts, keys), conversations_of(posts)
    authors = [profiles[key] if key else None for key in keys]
    pks = new_keys(PostRow, len(posts))
    facts: dict[str, Column] = {
        "id": pks,
        "author_id": [one.pk if one else None for one in authors],
        "conversation": [threads[post.network, post.id] for post in posts],
        "ours": [one.ours for one in mentions],
        "to_us": [one.to_us for one in mentions],
        "heard_at": [now] * len(posts),
        "taken_in": [taken_in] * len(posts),
        **_written(posts, now=now),
    }
    columns = {name: facts[name] for name in POST}
    new = zip(pks, mentions, authors, facts["conversation"], strict=True)
    kept = [
        Kept(pk, mention, author, (mention.post.network, thread), columns, at)
        for at, (pk, mention, author, thread) in enumerate(new)
    ]
    insert_columns(PostRow, columns)
    store_readings([(k.pk, k.mention.reading) for k in kept if k.mention.reading is not None])
    _store_matches(kept, columns["created_at"])
    return kept


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
        "quote_of": [msgspec.to_builtins(post.quote_of) for post in posts],
        "links": [post.links for post in posts],
        "media": [msgspec.to_builtins(post.media) if post.media else [] for post in posts],
        "counts": [post.counts for post in posts],
        "deleted_at": [None] * len(posts),
        "erased_at": [None] * len(posts),
    }


def store_readings(pairs: Sequence[tuple[int, Reading]]) -> None:
    """Store what was read in new posts, by their primary keys."""
    read = [reading for _, reading in pairs]
    columns: dict[str, Column] = {
        "post_id": [pk for pk, _ in pairs],
        "complaint": [one.complaint for one in read],
        "praise": [one.praise for one in read],
        "question": [one.question for one in read],
        "sentiment": [one.sentiment for one in read],
        "why": [one.why for one in read],
        "retraction": [one.retraction for one in read],
        "model": [one.model[:64] for one in read],
        "severity": [step_of(one) for one in read],
        "signs": [signs_of(one.topics, one.intents) for one in read],
        "more": [more_of(one) for one in read],
    }
    insert_columns(ReadingRow, columns)
    insert_values(DeepWait, ("post_id",), [(pk,) for pk, one in pairs if one.unsure])
    care = [(pk, words_of_care(one)) for pk, one in pairs if VULNERABLE in one.intents]
    insert_values(SpecialCare, ("post_id", "words"), care)


def more_of(reading: Reading) -> dict[str, object] | None:
    """What is only shown of a reading, without what is kept apart; None where there is nothing."""
    more: dict[str, object] = {}
    if reading.emotion is not None:
        more = {"emotion": reading.emotion, "arousal": round(reading.arousal, 2)}
    if reading.lang is not None:
        more["lang"] = reading.lang
    if reading.targets:
        more["targets"] = reading.targets
    if reading.reasons:
        why = {name: said for name, said in reading.reasons.items() if name not in _APART}
        if why:
            more["why"] = why
    return more or None


def words_of_care(reading: Reading) -> tuple[str, ...]:
    return reading.reasons.get(_CARE, ())


_CARE: Final = f"intents.{VULNERABLE}"
_APART: Final = frozenset({"complaint", _CARE})  # the words of the first are in ``why``


def _store_matches(kept: Sequence[Kept], written: Column) -> None:
    watches = _watches([one.mention for one in kept])
    posts, matched, words, times = [], [], [], []
    for one, at in zip(kept, written, strict=True):
        kinds = _NONE
        for watch, found in one.mention.watches.items():
            if watch in watches:  # else it was removed meanwhile
                pk, kind = watches[watch]
                kinds = kinds | kind if kinds else kind
                posts.append(one.pk)
                matched.append(pk)
                words.append(found)
                times.append(at)
        one.kinds = kinds
    columns: dict[str, Column] = {
        "post_id": posts,
        "watch_id": matched,
        "words": words,
        "at": times,
    }
    insert_columns(MentionRow, columns)


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


def _watches(mentions: Collection[Mention]) -> dict[str, tuple[int, frozenset[str]]]:
    """The watches that matched and are there still, with their kinds."""
    named = set[str]().union(*[mention.watches for mention in mentions])
    pks = [int(watch) for watch in named if watch.isdecimal() and len(watch) < 19]
    found = WatchRow.objects.filter(id__among=pks).values_list("pk", "kind")
    return {str(pk): (pk, frozenset({kind})) for pk, kind in found}


def _profile_key(post: Post) -> Key | None:
    """How a profile is told from others: its id, else its handle. None where neither is known."""
    author = post.author
    if author is None or not (author.id or author.handle):
        return None
    return post.network, author.id or f"@{(author.handle or '').lower()}"


def _store_profiles(posts: Sequence[Post], keys: Sequence[Key | None]) -> dict[Key, Profile]:
    """Profiles as last heard; those erased stay erased until they write anew, which this is."""
    pairs = zip(keys, (post.author for post in posts), strict=True)
    latest = {key: author for key, author in pairs if key and author}
    known = _profiles(latest)
    _refresh({key: latest[key] for key in known}, known)
    # In one order everywhere, so that two who meet the same people wait for each other one way.
    fresh = {key: latest[key] for key in sorted(latest.keys() - known.keys())}
    return known | _insert_profiles(fresh)


def _profiles(keys: Iterable[Key]) -> dict[Key, Profile]:
    names = ("native_id", "pk", "handle", "name", "followers", "customer_id")
    return {
        (network, row[0]): Profile(*row[1:])
        for network, ids in by_network(keys).items()
        for row in AuthorRow.objects.filter(network=network, native_id__among=ids).values_list(
            *names
        )
    }


def _insert_profiles(fresh: Mapping[Key, Author]) -> dict[Key, Profile]:
    roles = roles_of((key[0], author.handle or "") for key, author in fresh.items())
    made, rows = {}, []
    for pk, (key, author) in zip(new_keys(AuthorRow, len(fresh)), fresh.items(), strict=True):
        handle, name = (author.handle or "")[:253], (author.name or "")[:640]
        made[key] = Profile(pk, handle, name, author.followers)
        role = roles.get((key[0], author.handle or ""))
        rows.append((pk, *key, handle, name, author.followers, role))
    if not insert_new(AuthorRow, _PROFILE, rows):  # somebody else met one at the same moment
        made = _profiles(fresh)
        _refresh(fresh, made)
    return made


def _refresh(latest: Mapping[Key, Author], known: Mapping[Key, Profile]) -> None:
    changed = []
    for key, author in latest.items():
        one = known[key]
        handle, name = (author.handle or one.handle)[:253], (author.name or one.name)[:640]
        followers = one.followers if author.followers is None else author.followers
        if (handle, name, followers) != (one.handle, one.name, one.followers):
            changed.append((one.pk, handle, name, followers, None))
    update_values(AuthorRow, ("handle", "name", "followers", "erased_at"), sorted(changed))
