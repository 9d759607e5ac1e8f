"""Steps of the pipeline. Each factory is given what its step needs and returns the step."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from amends.listening.clean import clean_post
from amends.listening.pipeline import Item, Step
from amends.terms import Author, Channel, Post, Reading

Key = tuple[str, str]
"""A post by its network and its id there."""


class Matcher(Protocol):
    """Many watches at once; see ``amends.matching``."""

    def batch(self, posts: Sequence[Post]) -> Sequence[Mapping[str, tuple[str, ...]]]:
        """For each post, the ids of the watches it satisfies and the words that did."""
        ...


class Reader(Protocol):
    """Says what texts tell of their authors' feelings; see ``amends.understanding``."""

    def read(self, texts: Sequence[str]) -> Sequence[Reading]: ...


def put_clean_text() -> Step:
    """Replace NUL characters and lone surrogates, which no database keeps, wherever they stand."""

    def step(items: list[Item]) -> None:
        for item in items:
            item.post = clean_post(item.post)

    return step


def drop_seen_before(seen: Callable[[Sequence[Key]], set[Key]]) -> Step:
    """Drop what is stored already (``seen`` is asked once a batch) or stands twice in the batch.

    An edited post goes on: the store decides whether this edit is newer than what it holds.
    """

    def step(items: list[Item]) -> None:
        known = seen([_key(item.post) for item in items])
        here: set[tuple[str, str, object]] = set()
        for item in items:
            version = (*_key(item.post), item.post.edited_at)
            stored = _key(item.post) in known and item.post.edited_at is None
            if stored or version in here:
                item.dropped = "seen_before"
            here.add(version)

    return step


def mark_own_posts(channels: Iterable[Channel]) -> Step:
    """Mark what our own accounts wrote: part of the trail, never read as a complaint.

    A channel without a network (``""``) stands for that handle on any network.
    """
    ours = _own_accounts(channels)

    def step(items: list[Item]) -> None:
        for item in items:
            if item.post.author is not None and ours(item.post.network, item.post.author):
                item.ours = True

    return step


def mark_to_us(channels: Iterable[Channel]) -> Step:
    """Mark answers to our accounts, for sources that deliver more than what is meant for us."""
    ours = _own_accounts(channels)

    def step(items: list[Item]) -> None:
        for item in items:
            network, writer, parent = item.post.network, item.post.author, item.post.in_reply_to
            answers_us = parent and parent.author and ours(network, parent.author)
            if answers_us and not (writer and ours(network, writer)):
                item.to_us = True

    return step


def mark_known_thread(known: Callable[[Sequence[Key]], set[Key]]) -> Step:
    """Mark posts of conversations that are kept already; ``known`` is asked once a batch."""

    def step(items: list[Item]) -> None:
        around = [_thread_keys(item.post) for item in items]
        stored = known(sorted({key for keys in around for key in keys}))
        for item, keys in zip(items, around, strict=True):
            item.in_thread = item.in_thread or any(key in stored for key in keys)

    return step


def drop_own_posts(channels: Iterable[Channel]) -> Step:
    """Drop what our own accounts wrote: for the open stream, where our replies are no news."""
    ours = _own_accounts(channels)

    def step(items: list[Item]) -> None:
        for item in items:
            if item.post.author is not None and ours(item.post.network, item.post.author):
                item.dropped = "own_post"

    return step


def drop_repost() -> Step:
    """Drop bare reposts, which are no posts of their own. A quote is no repost."""

    def step(items: list[Item]) -> None:
        for item in items:
            if item.post.repost_of is not None:
                item.dropped = "repost"

    return step


def drop_empty() -> Step:
    """Drop posts that say and show nothing: no visible character, no quote, nothing attached."""

    def step(items: list[Item]) -> None:
        for item in items:
            post = item.post
            if not (post.media or post.quote_of or _says_something(post.text)):
                item.dropped = "empty"

    return step


def put_language(detect: Callable[[str], str | None]) -> Step:
    """Fill in the language where the network said nothing; ``detect`` may not know either."""

    def step(items: list[Item]) -> None:
        for item in items:
            if item.post.lang is None:
                found = detect(item.post.text)
                if found is not None:
                    item.post = msgspec.structs.replace(item.post, lang=found)

    return step


def put_watches(matcher: Matcher) -> Step:
    """Add the watches that each post satisfies."""

    def step(items: list[Item]) -> None:
        found = matcher.batch([item.post for item in items])
        for item, watches in zip(items, found, strict=True):
            item.watches = dict(watches)

    return step


def drop_no_watch() -> Step:
    """Drop what no watch looks for, unless it is to us, ours or in a conversation we keep."""

    def step(items: list[Item]) -> None:
        for item in items:
            if not (item.watches or item.to_us or item.ours or item.in_thread):
                item.dropped = "no_watch"

    return step


def put_reading(reader: Reader) -> Step:
    """Add what the author's own words say. Our own posts are left unread."""

    def step(items: list[Item]) -> None:
        theirs = [item for item in items if not item.ours]
        if theirs:
            readings = reader.read([item.post.text for item in theirs])
            for item, reading in zip(theirs, readings, strict=True):
                item.reading = reading

    return step


def put_readings(read: Callable[[Sequence[Item]], Sequence[Reading]]) -> Step:
    """As ``put_reading``, by something that looks at what is known of each post besides its text."""

    def step(items: list[Item]) -> None:
        theirs = [item for item in items if not item.ours]
        if theirs:
            for item, reading in zip(theirs, read(theirs), strict=True):
                item.reading = reading

    return step


def text_with_quote(post: Post) -> str:
    """The post's text and, on a line of its own, the text of what it quotes."""
    quoted = post.quote_of.text if post.quote_of else None
    return f"{post.text}\n{quoted}" if quoted else post.text


def _key(post: Post) -> Key:
    return post.network, post.id


def _thread_keys(post: Post) -> list[Key]:
    parent = post.in_reply_to.id if post.in_reply_to else None
    return [(post.network, native) for native in (post.conversation, parent) if native]


def _says_something(text: str) -> bool:
    return any(
        not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf") for char in text
    )


def _own_accounts(channels: Iterable[Channel]) -> Callable[[str, Author], bool]:
    """Whether an author is one of ours. Where both ids are known the id decides: handles move."""
    by_id: set[Key] = set()
    by_handle: dict[Key, str | None] = {}
    for channel in channels:
        if channel.account_id:
            by_id.add((channel.network, channel.account_id))
        if channel.handle:
            by_handle[(channel.network, _bare(channel.handle))] = channel.account_id

    def ours(network: str, author: Author) -> bool:
        for place in (network, ""):
            if author.id and (place, author.id) in by_id:
                return True
            named = (place, _bare(author.handle or ""))
            if named in by_handle and not (author.id and by_handle[named]):
                return True
        return False

    return ours


def _bare(handle: str) -> str:
    return handle.removeprefix("@").casefold()
