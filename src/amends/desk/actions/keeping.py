"""Keeping a batch: posts, profiles, readings and matches as rows, without a model for each.

What a network's stream brings is stored by the thousand, and most of it means nothing for a case.
So everything here is looked up for the whole batch at once and written by ``bulk``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import DEFAULT_DB_ALIAS

from amends.desk.actions.book import Arrival
from amends.desk.actions.bulk import SKIP, insert_new, insert_values, new_keys, update_values
from amends.desk.actions.threads import conversations_of
from amends.desk.models import AuthorRow, MentionRow, PostRow, ReadingRow, WatchRow
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
    """A new post that was stored: ``row`` holds the values of ``POST``, ``kinds`` those of the
    watches that matched."""

    row: tuple[Any, ...]
    mention: Mention
    author: Profile | None
    thread: Key
    kinds: frozenset[str] = frozenset()

    @property
    def pk(self) -> int:
        return int(self.row[0])

    @property
    def private(self) -> bool:
        return self.mention.post.visibility == "private"

    def arrival(self) -> Arrival:
        row = PostRow.from_db(DEFAULT_DB_ALIAS, POST, self.row)
        return Arrival(row, self.mention.reading, self.kinds)


POST: Final = (
    "id", "network", "native_id", "url", "author_id", "created_at", "edited_at", "deleted_at",
    "erased_at", "text", "lang", "private", "ours", "to_us", "conversation", "in_reply_to",
    "repost_of", "quote_of", "links", "media", "counts", "heard_at", "taken_in",
)  # fmt: skip
_CREATED: Final = POST.index("created_at")
_READING: Final = (
    "post_id", "complaint", "praise", "question", "sentiment", "why", "retraction", "model",
)  # fmt: skip
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
    authors = [_profile_key(post) for post in posts]
    profiles, threads = _store_profiles(posts, authors), conversations_of(posts)
    kept = []
    new = zip(new_keys(PostRow, len(posts)), mentions, authors, strict=True)
    for pk, mention, key in new:
        profile = profiles[key] if key else None
        network, post = mention.post.network, mention.post.id
        thread = threads[network, post]
        author = profile.pk if profile else None
        row = _post_row(pk, mention, author, thread, now=now, taken_in=taken_in)
        kept.append(Kept(row, mention, profile, (network, thread)))
    insert_values(PostRow, POST, [one.row for one in kept])
    _store_readings(kept)
    _store_matches(kept)
    return kept


def _post_row(
    pk: int, mention: Mention, author: int | None, thread: str, *, now: datetime, taken_in: bool
) -> tuple[Any, ...]:
    """The values of ``POST``. Nobody wrote it after we heard it."""
    post = mention.post
    created = now if post.created_at is None or post.created_at > now else post.created_at
    text = post.text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    quoted = msgspec.to_builtins(post.quote_of) if post.quote_of else None
    return (
        *(pk, post.network, post.id, post.url or "", author),
        *(created, post.edited_at, None, None, text, (post.lang or "")[:35]),
        *(post.visibility == "private", mention.ours, mention.to_us, thread),
        post.in_reply_to.id if post.in_reply_to else "",
        post.repost_of.id if post.repost_of else "",
        quoted,
        list(post.links),
        [msgspec.to_builtins(one) for one in post.media],
        *(post.counts, now, taken_in),
    )


def _store_readings(kept: Sequence[Kept]) -> None:
    read = ((one.row[0], one.mention.reading) for one in kept)
    rows = [_reading_row(pk, reading) for pk, reading in read if reading is not None]
    insert_values(ReadingRow, _READING, rows)


def _reading_row(pk: int, reading: Reading) -> tuple[Any, ...]:
    return (
        *(pk, reading.complaint, reading.praise, reading.question, reading.sentiment),
        *(reading.why, reading.retraction, reading.model),
    )


def _store_matches(kept: Sequence[Kept]) -> None:
    kinds = _kinds(one.mention for one in kept)
    rows: list[tuple[Any, ...]] = []
    for one in kept:
        heard = [(watch, words) for watch, words in one.mention.watches.items() if watch in kinds]
        one.kinds = frozenset(kinds[watch] for watch, _ in heard)
        pk, at = one.row[0], one.row[_CREATED]
        rows += [(pk, int(watch), words, at) for watch, words in heard]
    insert_values(MentionRow, _MATCH, rows)


def match_stored(mentions: Mapping[Key, Mention], known: Mapping[Key, int]) -> None:
    """Note which watches match posts that are stored already."""
    kinds = _kinds(mentions.values())
    pks = [known[key] for key in mentions]
    written = dict(PostRow.objects.filter(pk__in=pks).values_list("pk", "created_at"))
    rows = [
        (known[key], int(watch), list(words), written[known[key]])
        for key, mention in mentions.items()
        for watch, words in mention.watches.items()
        if watch in kinds
    ]
    insert_values(MentionRow, _MATCH, rows, known=SKIP)


def _kinds(mentions: Iterable[Mention]) -> dict[str, str]:
    """The kinds of the watches that matched and are there still."""
    named = {watch for mention in mentions for watch in mention.watches}
    pks = [int(watch) for watch in named if watch.isdecimal() and len(watch) < 19]
    found = WatchRow.objects.filter(id__among=pks).values_list("pk", "kind")
    return {str(pk): kind for pk, kind in found}


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
