"""What a network hands us and what it can do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from amends.terms.mention import DeadLetter
from amends.terms.post import Author, Post


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What a network can do and how it counts. ``limit`` is the length of a reply in ``unit``.

    ``pictures`` and ``message_pictures`` are how many pictures a public reply and a private message
    may carry, ``picture_bytes`` how large each may be, ``alt_limit`` how many characters describe it.
    ``idempotent`` says that publishing twice with one attempt key posts once, by the network's
    own doing; ``looks_up`` that a reply can be found again by its attempt key or its text.
    """

    can_search: bool = False
    can_stream: bool = False
    can_reply: bool = False
    can_message: bool = False
    can_delete: bool = False
    idempotent: bool = False
    looks_up: bool = False
    idempotent_messages: bool = False
    looks_up_messages: bool = False
    limit: int = 300
    message_limit: int = 1000
    unit: Literal["graphemes", "characters", "bytes"] = "graphemes"
    pictures: int = 0
    message_pictures: int = 0
    picture_bytes: int = 1_000_000
    alt_limit: int = 1000


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of what a source holds.

    ``cursor`` resumes after the last thing in this page. ``next_poll`` is when to ask again; None
    says that more is waiting. ``to_us`` marks posts delivered to our account. ``deleted`` are ids of
    posts their authors removed. An edited post comes again with ``edited_at`` set.
    ``dead`` is what could not be read.
    """

    posts: Sequence[Post]
    cursor: str
    next_poll: datetime | None = None
    to_us: bool = False
    deleted: Sequence[str] = ()
    dead: Sequence[DeadLetter] = ()


class ReplyTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Whom and what a reply answers. A private message needs ``author`` only."""

    author: Author
    post_id: str | None = None


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What a network made of a reply."""

    id: str
    url: str | None
    at: datetime


class Credentials(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """Secrets of a channel by name. Never printed, never logged."""

    values: dict[str, str]

    def __repr__(self) -> str:
        return f"Credentials({', '.join(sorted(self.values))}: hidden)"
