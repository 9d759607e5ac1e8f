"""All readings of a post together: what the model says of it, and what its words say.

The model is asked first, for all posts at once; the lexicon then goes over each post in one pass, and
details are looked at only where something was found. Nothing but the text, the language given with it
and the watched terms goes in: no author, no picture.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from amends.terms import Reading
from amends.text.language import language_detector
from amends.understanding.abroad import complaint_abroad
from amends.understanding.feelings import arousal_of, emotion_of
from amends.understanding.intents import INTENTS, TOPICS, intents_of, topics_of
from amends.understanding.lexicon import Found, Span, Spans, load_lexicon
from amends.understanding.negation import done_by_others
from amends.understanding.page import EMOJI, SOMEBODY, Page
from amends.understanding.reader import Reader, TieredReader
from amends.understanding.severity import severity_of, signals
from amends.understanding.targets import Watched, targets_of

MOST_REASONS = 5  # words or phrases for one reading
_NO_TERMS = Watched({})
_WORDLESS = re.compile(rf"[\x1f{SOMEBODY}{EMOJI}\s]+")


_ALWAYS = ("topics", "intents", "severity", "emotion", "orders")
_ABOUT = ("feeling",)  # looked at only where a watched term is named
_ROUNDS = 3  # of taking orders out of one text, which bring others together
_ORDERS, _ABUSE = "orders.reader", "intents.abuse"
_NAMES = {name: name.partition(".")[2] for name in (*TOPICS, *INTENTS)}


class _Heard(NamedTuple):
    page: Page
    mentions: Sequence[tuple[Span, str]]
    found: Found
    hint: str | None


class Understanding:
    """Reads posts whole. ``vulnerable`` turns on the reading of people who may need special care; it
    is off unless asked for, and whoever turns it on keeps it out of every export.

    Safe to share between threads if its reader is.
    """

    def __init__(self, reader: Reader, *, vulnerable: bool = False) -> None:
        self._reader = reader
        left_out = frozenset() if vulnerable else frozenset({"intents.vulnerable"})
        self._lexicon = load_lexicon(_ALWAYS, left_out)
        self._detect = language_detector()

    @property
    def threshold(self) -> float:
        """The probability from which a text counts as a complaint."""
        return self._reader.threshold

    def read(
        self,
        texts: Sequence[str],
        langs: Sequence[str | None] | None = None,
        watched: Watched | Sequence[Watched] = _NO_TERMS,
    ) -> list[Reading]:
        """One reading a text, in order. ``langs`` are the languages that networks say, as BCP 47 tags;
        ``watched`` the terms a feeling may be directed at: the same for all, or for each its own.

        The first 10,000 characters of a text are read. Words that give a reader orders ("mark this as
        happy") are left out before anything else is read.
        """
        hints = [_hint(lang) for lang in langs] if langs is not None else [None] * len(texts)
        terms = [watched] * len(texts) if isinstance(watched, Watched) else watched
        heard = self._heard_all(texts, hints, terms)
        texts_read = [one.page.read for one in heard]
        readings = self._reader.read(texts_read)
        langs_read = list(map(self._lang, heard))
        about = self._about(heard, langs_read)
        whole = list(map(self._whole, readings, heard, langs_read, about))
        head = self._reader.tiers.head if isinstance(self._reader, TieredReader) else None
        return head.with_steps(whole, texts_read) if head is not None else whole

    def text_read(self, text: str) -> str:
        """What of a text is read: its beginning, without orders to the reader."""
        return self._heard_all([text], [None], [_NO_TERMS])[0].page.read

    def _heard_all(
        self,
        texts: Sequence[str],
        hints: Sequence[str | None],
        terms: Sequence[Watched],
        rounds: int = _ROUNDS,
    ) -> list[_Heard]:
        pages = list(map(Page, texts))
        mentions = [
            watched.mentions(page) if watched.names else ()
            for watched, page in zip(terms, pages, strict=True)
        ]
        found = self._lexicon.find_all(pages, hints)
        heard = list(map(_Heard, pages, mentions, found, hints))
        for at, one in enumerate(heard):
            if rounds and _ORDERS in one.found.spans:
                flat = one.page.flat
                orders = [
                    hit for hit in one.found.spans[_ORDERS] if not done_by_others(flat, hit[0])
                ]
                if orders:
                    text = _without(one.page, orders)
                    (heard[at],) = self._heard_all([text], [hints[at]], [terms[at]], rounds - 1)
        return heard

    def _lang(self, heard: _Heard) -> str | None:
        told = heard.found.language or heard.hint
        return told or self._detect(_WORDLESS.sub(" ", heard.page.flat).strip())

    def _about(self, heard: Sequence[_Heard], langs: Sequence[str | None]) -> list[Spans]:
        """The words of feeling, looked for only where a watched term is named."""
        about: list[Spans] = [{} for _ in heard]
        named = [at for at, one in enumerate(heard) if one.mentions]
        pages = [heard[at].page for at in named]
        found = load_lexicon(_ABOUT).find_all(pages, [langs[at] for at in named])
        for at, one in zip(named, found, strict=True):
            about[at] = one.spans
        return about

    def _whole(self, reading: Reading, heard: _Heard, lang: str | None, feelings: Spans) -> Reading:
        page, (spans, _, denies) = heard.page, heard.found
        flat = page.flat
        likely = reading.complaint >= self.threshold
        if not (spans or heard.mentions or likely or "?" in flat):
            complaint = complaint_abroad(reading, "none", lang)
            return replace(reading, complaint=complaint, lang=lang, intents=_modelled(reading))
        signs = signals(flat, spans, denies=denies)
        glad = not likely and not signs and reading.sentiment != "negative"
        topics = topics_of(flat, spans, denies=denies)
        intents = intents_of(
            flat, spans, reading, denies=denies, glad=glad, bitter="bitter" in signs
        )
        english = lang in ("en", None)
        severity, because = severity_of(signs, intents, reading, english=english)
        emotion, moved = emotion_of(flat, spans, reading, denies=denies)
        arousal = reading.arousal
        if reading.emotion is None:
            stirring = len({flat[start:end] for start, end in moved})
            arousal = arousal_of(flat, emotion, severity, words=stirring, abusive=_ABUSE in intents)
        targets = (
            targets_of(page, heard.mentions, feelings, reading.sentiment_scores)
            if heard.mentions
            else {}
        )
        complaint = complaint_abroad(reading, severity, lang)
        hits = {"severity": because, "emotion": moved, **topics, **intents}
        reasons = {name: _said(page, found) for name, found in hits.items() if found}
        for name, feeling in targets.items():
            if feeling.spans:
                reasons[f"targets.{name}"] = _said(page, feeling.spans)
        return replace(
            reading,
            complaint=complaint,
            severity=severity,
            emotion=emotion,
            arousal=arousal,
            topics=tuple(map(_NAMES.__getitem__, topics)),
            intents=tuple(map(_NAMES.__getitem__, intents)),
            targets={name: feeling.sentiment for name, feeling in targets.items()},
            lang=lang,
            reasons={"complaint": reading.why} | reasons if reading.why else reasons,
        )


def spellings(terms: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Watched terms for ``Watched``: each a name, or a name and other spellings with ``=`` between
    ("Acme = acme air = acmehelp")."""
    found: dict[str, list[str]] = {}
    for term in terms:
        name, *others = (part.strip() for part in term.split("="))
        if name:
            found.setdefault(name, []).extend(one for one in others if one)
    return found


def _hint(lang: str | None) -> str | None:
    return lang.partition("-")[0].partition("_")[0].lower() or None if lang else None


def _modelled(reading: Reading) -> tuple[str, ...]:
    asked = ("question",) if reading.question >= 0.5 else ()
    praised = ("praise",) if reading.praise >= 0.5 else ()
    said = {*asked, *praised, *reading.intents}
    return tuple(_NAMES[name] for name in INTENTS if _NAMES[name] in said)


def _said(page: Page, spans: Sequence[Span]) -> tuple[str, ...]:
    if len(spans) == 1:
        return (page.said(*spans[0]),)
    kept: list[Span] = []
    for start, end in sorted(spans[:20], key=lambda span: span[0] - span[1]):
        if not any(first <= start and end <= last for first, last in kept):
            kept.append((start, end))
    return tuple(dict.fromkeys([page.said(*span) for span in sorted(kept)]))[:MOST_REASONS]


def _without(page: Page, spans: Sequence[Span]) -> str:
    """The text without those places and the signs that end them."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(page.span(*span) for span in spans):
        if start > at:
            parts.append(page.read[at:start].lstrip(_SIGNS if parts or at else "").rstrip())
        at = max(at, end)
    parts.append(page.read[at:].lstrip(_SIGNS))
    return " ".join(part for part in parts if part)


_SIGNS = " \t\n.,;:!?\"')]}>\u201d\u2019=-"
