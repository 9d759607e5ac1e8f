"""What people write, and who and where. The JSON form is ``docs/schema/post.schema.json``."""

from datetime import datetime
from typing import Literal

import msgspec

Visibility = Literal["public", "private"]


class Author(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A profile on a network. ``id`` is opaque and may be absent where a source gives none."""

    id: str | None = None
    handle: str | None = None  # without the leading @
    name: str | None = None
    followers: int | None = None
    bio: str | None = None  # what they say of themselves


class Ref(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another post, as far as this one tells: its id, perhaps its author and text."""

    id: str
    author: Author | None = None
    text: str | None = None


class Media(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something attached: ``kind`` is image, video, audio or other; ``alt`` its description."""

    kind: str
    url: str | None = None
    alt: str | None = None


class Post(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One post, public or private. Only ``id`` and ``text`` are required.

    ``id`` is unique within ``network`` and opaque. Times are aware, in UTC. ``conversation`` is the
    id of the thread's first post. ``counts`` holds whole numbers by name (replies, reposts,
    quotes, likes, views). ``lang`` is a BCP 47 tag.
    """

    id: str
    text: str
    network: str = ""
    url: str | None = None
    author: Author | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None
    lang: str | None = None
    visibility: Visibility = "public"
    conversation: str | None = None
    in_reply_to: Ref | None = None
    repost_of: Ref | None = None
    quote_of: Ref | None = None
    links: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    counts: dict[str, int] = {}


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A thread on a network, named by the id of its first post."""

    network: str
    id: str


class Channel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Our account on a network. ``settings`` are the network's own (addresses, service names)."""

    network: str
    handle: str
    account_id: str | None = None
    settings: dict[str, str] = {}
