"""What was heard: watches, readings, mentions, and what could not be read."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from amends.terms.post import Post

Sentiment = Literal["negative", "neutral", "positive"]
Severity = Literal["none", "disapproval", "accusation", "blame"]
Emotion = Literal["anger", "joy", "optimism", "sadness"]


class WatchKind(StrEnum):
    BRAND = "brand"
    PRODUCT = "product"
    PERSON = "person"
    COMPETITOR = "competitor"
    TOPIC = "topic"


class AuthorRole(StrEnum):
    """What an author is to us, where somebody has said so."""

    CUSTOMER = "customer"
    COMPETITOR = "competitor"
    EMPLOYEE = "employee"
    PRESS = "press"
    INDUSTRY = "industry"


US = "us"
"""How a reading's ``targets`` name all that is ours; another watched term goes by its watch's id."""


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What we listen for. ``query`` is the expression; see ``amends.matching``."""

    id: str
    kind: WatchKind
    query: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says about how its author feels.

    ``complaint``, ``praise`` and ``question`` are probabilities in [0, 1]; ``sentiment`` the
    likeliest of three and ``sentiment_scores`` their probabilities (sum 1). ``why`` lists the
    words that tipped the complaint, heaviest first. ``retraction`` says the author takes
    an earlier claim back. ``model`` names the reader and its version.

    The rest is empty where only the model was asked: how far the complaint goes, the likeliest
    emotion and how aroused it is in [0, 1], topics and intents by name, the feeling towards each
    watched term it is directed at, the language (ISO 639-1), and for each of these readings the
    words that tipped it as they were written, by names such as ``severity`` and ``topics.delay``.
    What each means: ``docs/reading.md``. ``unsure``: only the fast tier read it, and a deeper look may
    say otherwise. ``taught``: by how much, in log-odds, the desk's own corrections moved the complaint.
    """

    complaint: float
    praise: float
    question: float
    sentiment: Sentiment
    sentiment_scores: dict[str, float]
    why: tuple[str, ...] = ()
    retraction: bool = False
    model: str = ""
    severity: Severity = "none"
    emotion: Emotion | None = None
    arousal: float = 0.0
    topics: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    targets: dict[str, Sentiment] = {}
    lang: str | None = None
    reasons: dict[str, tuple[str, ...]] = {}
    unsure: bool = False
    taught: float = 0.0


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A post that matched watches (or reached our account), with what was read in it.

    ``watches`` maps a watch's id to the words that matched. ``to_us`` is true where the network
    itself delivered it to our account: a notification, a reply to us, a private message.
    ``ours`` is true for what our own account wrote.
    """

    post: Post
    watches: dict[str, tuple[str, ...]]
    reading: Reading | None = None
    to_us: bool = False
    ours: bool = False


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be read. ``raw`` is the start of it, at most 2,000 characters."""

    source: str
    reason: str
    raw: str
    line: int | None = None
    at: datetime | None = None
