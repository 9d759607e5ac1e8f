"""A reading on the screen: a plain sentence, the words that tipped it, and what can be said of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

from amends.casework.correcting import WORDS, corrected
from amends.casework.intake import PRAISE, QUESTION
from amends.desk.actions.book import as_reading
from amends.desk.models import Correction, PostRow, ReadingRow, SpecialCare, WatchRow
from amends.desk.queries.corrections import corrections_of
from amends.terms import US, Reading
from amends.web.marks import Piece, pieces
from amends.web.words import is_words

TOPICS: Final = {
    "delay": "delay", "refund": "a refund", "outage": "an outage", "billing": "billing",
    "staff": "staff", "product_fault": "a product fault", "delivery": "delivery",
    "account": "an account", "safety": "safety", "cancellation": "a cancellation",
    "baggage": "baggage", "booking": "booking", "price": "price", "website": "the website",
    "quality": "quality", "privacy": "privacy",
}  # fmt: skip
INTENTS: Final = {
    "leaving": "says that they leave", "boycott": "calls for a boycott",
    "wave": "threatens a wave of posts", "legal": "speaks of the law", "press": "speaks of the press",
    "safety": "says that somebody was or could be hurt", "abuse": "is abusive",
    "spam": "looks like an advertisement", "job": "is about jobs", "question": "asks a question",
    "request": "asks for something", "praise": "praises",
}  # fmt: skip
KEYS: Final = {
    ("complaint", "complaint"): "c", ("complaint", "none"): "n",
    ("severity", "none"): "q", ("severity", "disapproval"): "d", ("severity", "accusation"): "w",
    ("severity", "blame"): "b",
    ("sentiment", "negative"): "-", ("sentiment", "neutral"): "0", ("sentiment", "positive"): "+",
}  # fmt: skip
LABELS: Final = {
    "complaint": {"complaint": "Complaint", "none": "No complaint"},
    "severity": {name: name.capitalize() for name in WORDS["severity"]},
    "sentiment": {name: name.capitalize() for name in WORDS["sentiment"]},
}
TITLES: Final = {"complaint": "It is", "severity": "Severity", "sentiment": "Sentiment"}
_MOST_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of the correction: ``said`` of ``what``, by one key; ``now`` where it reads so."""

    what: str
    said: str
    label: str
    key: str
    now: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A post's reading as it is shown. ``reads``, ``because`` (the words that tipped it, as written) and
    ``more`` are the reader's; ``said`` is what colleagues said of it, with the correction that can be taken
    back, and ``mood`` what holds of both."""

    post: int
    mood: str
    reads: str
    because: Sequence[str]
    more: str
    said: Sequence[tuple[str, Correction]]
    choices: SafeString
    model: str
    care: Sequence[str]


def tell(
    posts: Collection[PostRow],
    *,
    threshold: float,
    names: Mapping[str, str] | None = None,
    care: bool = False,
    corrected: bool = True,
) -> dict[int, Told]:
    """What is shown of the posts that were read, by their ids. ``names``: of watches by their ids;
    ``care``: whether who asks may know of special care; ``corrected``: whether any of them was."""
    read = {post.pk: post.reading for post in posts if _is_read(post)}
    said = corrections_of(read) if corrected else {}
    cared = SpecialCare.objects.filter(post__in=read) if care and read else []
    words = {row.post_id: row.words for row in cared}
    names = _names(read.values()) if names is None else names
    return {
        pk: _told(pk, row, said.get(pk, {}), threshold, names, words.get(pk, ()))
        for pk, row in read.items()
    }


def _is_read(post: PostRow) -> bool:
    return not post.ours and not post.erased_at and getattr(post, "reading", None) is not None


def _names(rows: Collection[ReadingRow]) -> dict[str, str]:
    """Of the watches that feelings are directed at."""
    wanted = {name for row in rows for name in (row.more or {}).get("targets", {}) if name != US}
    if not wanted:
        return {}
    found = WatchRow.objects.filter(pk__in=[int(one) for one in wanted if one.isdecimal()])
    return {str(pk): name for pk, name in found.values_list("pk", "name")}


def _told(
    pk: int, row: ReadingRow, said: Mapping[str, Correction], threshold: float,
    names: Mapping[str, str], care: Sequence[str],
) -> Told:  # fmt: skip
    plain = as_reading(row)
    reading = corrected(plain, {what: one.said for what, one in said.items()})
    return Told(
        post=pk,
        mood=mood_of(reading, threshold),
        reads=_reads(plain, threshold),
        because=because(plain, plain.complaint >= threshold),
        more=_more(plain, names),
        said=[(is_words(what, one.said), one) for what, one in sorted(said.items())],
        choices=choices_drawn(
            "complaint" if reading.complaint >= threshold else "none",
            reading.severity,
            reading.sentiment,
        ),
        model=row.model,
        care=care,
    )


def mood_of(reading: Reading, threshold: float) -> str:
    """praise, complaint, question or neutral."""
    if reading.praise >= max(PRAISE, reading.complaint):
        return "praise"
    if reading.complaint >= threshold:
        return "complaint"
    return "question" if reading.question >= QUESTION else "neutral"


def _reads(reading: Reading, threshold: float) -> str:
    """The first sentence: how likely it complains by the reader, and how far it goes."""
    sure = f"{reading.complaint:.0%}".replace("%", " %")
    mood = mood_of(reading, threshold)
    if mood == "praise":
        return f"Praise {reading.praise:.0%}".replace("%", " %") + f", complaint {sure}"
    first = f"Complaint {sure}" if mood == "complaint" else f"No complaint ({sure})"
    step = is_words("severity", reading.severity) if reading.severity != "none" else ""
    return ", ".join(part for part in (first, step, reading.sentiment) if part)


def because(reading: Reading, complains: bool) -> list[str]:
    """The words that tipped a reading, as they were written: those of the severity and the intents
    first, then the single words of the complaint that stand in none of them."""
    found: list[str] = []
    groups = [words for name, words in reading.reasons.items() if name.startswith(("sev", "int"))]
    for words in [*groups, reading.why if complains else ()]:
        for word in words:
            if not any(word.lower() in known.lower() for known in found):
                found.append(word)
    return found[:_MOST_WORDS]


def _more(reading: Reading, names: Mapping[str, str]) -> str:
    parts = []
    if reading.topics:
        parts.append("is about " + _and([TOPICS[name] for name in reading.topics]))
    parts += [INTENTS[name] for name in reading.intents if name in INTENTS]
    targets = [
        f"{feeling} about {'us' if name == US else names.get(name, 'another watch')}"
        for name, feeling in sorted(reading.targets.items(), key=lambda pair: pair[0] != US)
    ]
    if targets:
        parts.append("is " + _and(targets))
    if reading.emotion is not None and reading.arousal >= 0.5:
        parts.append(f"is stirred up ({reading.emotion})")
    if reading.retraction:
        parts.append("takes something back")
    return f"It {_and(parts)}." if parts else ""


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


@lru_cache(64)
def choices_drawn(*reads: str) -> SafeString:
    """The buttons that say what a post is, where it reads so (in the order of ``WORDS``): the same for
    all that read alike, and there are many of them on a page."""
    groups = [
        (
            TITLES[what],
            [
                Choice(what, said, LABELS[what][said], KEYS[what, said], now == said)
                for said in words
            ],
        )
        for (what, words), now in zip(WORDS.items(), reads, strict=True)
    ]
    drawn: Any = get_template("parts/_choices.html")
    return SafeString(drawn.template.render(Context({"groups": groups})))


def marked(text: str, told: Told | None) -> list[Piece]:
    """The text with the words marked that tipped its reading."""
    return pieces(text, spans_of(text, told.because) if told else ())


def spans_of(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text, each as often as it does, addresses aside."""
    found: list[tuple[int, int]] = []
    for word in words:
        at = text.find(word)
        while word and at >= 0 and len(found) < 50:
            if _whole(text, at, at + len(word)) and not _in_address(text, at):
                found.append((at, at + len(word)))
            at = text.find(word, at + len(word))
    return found


def _whole(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start].isalnum() and text[start].isalnum()
    after = text[end : end + 1].isalnum() and text[end - 1].isalnum()
    return not (before or after)


def _in_address(text: str, at: int) -> bool:
    start = max(text.rfind(sign, 0, at) for sign in " \n\t") + 1
    return text[start:at].lower().startswith(("http://", "https://"))


def reading_facts(told: Told, *, back: str, folded: bool = False) -> dict[str, Any]:
    """What the part ``parts/_reading.html`` needs."""
    return {"told": told, "back": back, "folded": folded}
