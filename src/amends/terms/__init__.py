"""Terms: the words every floor shares. Values only; nothing here does any work."""

from amends.terms.clock import Clock, SystemClock
from amends.terms.errors import (
    AmendsError,
    AuthError,
    BadInput,
    ConnectorError,
    DeliveryUnknown,
    NotAllowed,
    OnlyByHand,
    Stale,
    TryLater,
)
from amends.terms.handles import written_handle
from amends.terms.mention import (
    US,
    AuthorRole,
    DeadLetter,
    Emotion,
    Mention,
    Reading,
    Sentiment,
    Severity,
    Watch,
    WatchKind,
)
from amends.terms.network import (
    Credentials,
    Page,
    Published,
    ReplyTarget,
    Traits,
)
from amends.terms.networks import network_name
from amends.terms.post import Author, Channel, Conversation, Media, Post, Ref, Visibility
from amends.terms.schema import decode_post, encode_post, post_schema

__all__ = [
    "US",
    "AmendsError",
    "AuthError",
    "Author",
    "AuthorRole",
    "BadInput",
    "Channel",
    "Clock",
    "ConnectorError",
    "Conversation",
    "Credentials",
    "DeadLetter",
    "DeliveryUnknown",
    "Emotion",
    "Media",
    "Mention",
    "NotAllowed",
    "OnlyByHand",
    "Page",
    "Post",
    "Published",
    "Reading",
    "Ref",
    "ReplyTarget",
    "Sentiment",
    "Severity",
    "Stale",
    "SystemClock",
    "Traits",
    "TryLater",
    "Visibility",
    "Watch",
    "WatchKind",
    "decode_post",
    "encode_post",
    "network_name",
    "post_schema",
    "written_handle",
]
