"""Lessons: which rows teach which head, and what counts as yes and as no."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from amends.terms import BadInput
from amends.understanding.training.files import Row

COMPLAINTS = ("complaints-acl2019", "complaints-airline-telecom")
SENTIMENT_SETS = (
    "tweeteval-sentiment",
    "umsab-multilingual",
    "brand-apple",
    "brand-sxsw",
    "brand-sanders",
)
BRANDS = ("brand-apple", "brand-sxsw", "brand-sanders")
_WARM = frozenset(
    {"admiration", "gratitude", "love", "approval", "joy", "excitement", "caring", "optimism"}
    | {"relief", "pride", "amusement"}
)
_COLD = frozenset(
    {"anger", "annoyance", "disappointment", "disapproval", "disgust", "sadness", "remorse", "fear"}
)
_CALM = frozenset(("neutral", "realization", "curiosity", "confusion"))
# Hints: small readings of other sets, offered to the complaint head beside the words.
HINTS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "brand dislike": (BRANDS, frozenset({"negative"})),
    "brand liking": (BRANDS, frozenset({"positive"})),
    "anger": (("goemotions",), frozenset({"anger", "annoyance"})),
    "disappointment": (("goemotions",), frozenset({"disappointment", "disapproval"})),
    "gratitude": (("goemotions",), frozenset({"gratitude"})),
    "admiration": (("goemotions",), frozenset({"admiration"})),
    "puzzlement": (("goemotions",), frozenset({"confusion", "curiosity"})),
    "offence": (("tweeteval-offensive",), frozenset({"offensive"})),
}

Sets = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts and their answers (0 or 1, or the number of a class), side by side."""

    texts: list[str]
    answers: list[int]

    def __post_init__(self) -> None:
        if len(set(self.answers)) < 2:
            raise BadInput(
                "A head has no examples of one of its answers; add the labelled sets that "
                "docs/models/README.md names for it."
            )


def _lesson(pairs: Sequence[tuple[str, int]]) -> Lesson:
    return Lesson([text for text, _ in pairs], [answer for _, answer in pairs])


def _of(sets: Sets, names: Sequence[str]) -> list[Row]:
    return [row for name in names for row in sets.get(name, ())]


def hint_lessons(sets: Sets) -> dict[str, Lesson]:
    """A lesson for each hint whose sets are there and hold both answers."""
    found: dict[str, Lesson] = {}
    for name, (sources, tags) in HINTS.items():
        pairs = [(row.text, int(bool(row.tags & tags))) for row in _of(sets, sources)]
        if len({answer for _, answer in pairs}) == 2:
            found[name] = _lesson(pairs)
    return found


def complaint_lesson(sets: Sets) -> Lesson:
    """Labelled complaints; without them, distant ones: irritated posts, help-desk openings."""
    if labelled := _of(sets, COMPLAINTS):
        return _lesson([(row.text, int("complaint" in row.tags)) for row in labelled])
    grievance = HINTS["anger"][1] | HINTS["disappointment"][1]
    distant = [(row.text, int(bool(row.tags & grievance))) for row in _of(sets, ("goemotions",))]
    distant += [(row.text, 1) for row in _of(sets, ("ibm-care-conversations",))]
    distant += [(row.text, 0) for row in _of(sets, ("intent-clinc150",))]
    asked = _of(sets, ("intent-bitext",))
    distant += [(row.text, int(row.tags == {"complaint"})) for row in asked]
    return _lesson(distant)


def sentiment_lesson(sets: Sets) -> Lesson:
    """0 negative, 1 neutral, 2 positive; without labelled sets, from the emotions of GoEmotions."""
    order = {"negative": 0, "neutral": 1, "positive": 2}
    if labelled := _of(sets, SENTIMENT_SETS):
        return _lesson([(row.text, order[next(iter(row.tags))]) for row in labelled])
    groups = (_COLD, _CALM, _WARM)
    return _lesson(
        [
            (row.text, answer)
            for row in _of(sets, ("goemotions",))
            for answer, group in enumerate(groups)
            if row.tags <= group
        ]
    )


def praise_lesson(sets: Sets) -> Lesson:
    """Yes: admiration, gratitude, brands liked, thanks. No: the rest, complaints and sarcasm among it.

    Posts that are only otherwise warm (joy, love, approval...) teach neither.
    """
    praise = frozenset({"admiration", "gratitude"})
    pairs = [
        (row.text, int(bool(row.tags & praise)))
        for row in _of(sets, ("goemotions",))
        if row.tags & praise or not row.tags & _WARM
    ]
    pairs += [(row.text, int("positive" in row.tags)) for row in _of(sets, BRANDS)]
    pairs += [(row.text, 0) for row in _of(sets, COMPLAINTS) if "complaint" in row.tags]
    sarcasm = _of(sets, ("sarcasm-isarcasmeval",))
    pairs += [(row.text, 0) for row in sarcasm if "sarcastic" in row.tags]
    intents = _of(sets, ("intent-clinc150",))
    pairs += [(row.text, int("thank_you" in row.tags)) for row in intents]
    return _lesson(pairs)


def question_lesson(sets: Sets, seed: int) -> Lesson:
    """Distant: yes where the text ends in a question mark, which half of them then lose."""
    chance = random.Random(seed)  # noqa: S311 (a draw, not a secret)
    pairs = []
    for row in _of(sets, ("goemotions", "ibm-care-conversations")):
        text = row.text.rstrip()
        if text.endswith("?"):
            pairs.append((text.rstrip("?! ") if chance.random() < 0.5 else text, 1))
        elif "?" not in text:
            pairs.append((text, 0))
    return _lesson(pairs)
