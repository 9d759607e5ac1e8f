"""Lessons: which rows teach which head, and what counts as yes and as no."""

import random
import re
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
_FEELINGS = {
    "anger": frozenset({"anger", "annoyance"}),
    "joy": frozenset({"joy", "amusement", "excitement"}),
    "optimism": frozenset({"optimism"}),
    "sadness": frozenset({"sadness", "grief", "remorse"}),
}
_AROUSED = frozenset({"anger", "excitement", "fear", "surprise", "disgust", "joy", "annoyance"})
_ASKING = re.compile(
    r"\b(?:please|pls|plz|can you|could you|can i|could i|would you|i need|i want|i'd like|help)\b",
    re.IGNORECASE,
)
POOL_SETS = (*BRANDS, "ibm-care-conversations", "intent-banking77", "tweeteval-sentiment")

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


def emotion_lesson(sets: Sets) -> Lesson:
    """0 anger, 1 joy, 2 optimism, 3 sadness: TweetEval's; without it GoEmotions', where one is named."""
    pairs = []
    names = ("tweeteval-emotion",) if sets.get("tweeteval-emotion") else ("goemotions",)
    for row in _of(sets, names):
        said = [place for place, tags in enumerate(_FEELINGS.values()) if row.tags & tags]
        if len(said) == 1 and (len(row.tags) == 1):
            pairs.append((row.text, said[0]))
    return _lesson(pairs)


def arousal_lesson(sets: Sets) -> Lesson:
    """Yes: emotions of GoEmotions that stir (anger, fear, joy...); no: those that do not."""
    rows = _of(sets, ("goemotions",))
    return _lesson([(row.text, int(bool(row.tags & _AROUSED))) for row in rows])


def tag_lesson(sets: Sets, names: Sequence[str], tag: str) -> Lesson:
    """Yes where a set gives the tag; without those sets, where GoEmotions names anger or disgust."""
    if rows := _of(sets, names):
        return _lesson([(row.text, int(tag in row.tags)) for row in rows])
    instead = frozenset({"anger", "disgust"})
    return _lesson([(row.text, int(row.tags <= instead)) for row in _of(sets, ("goemotions",))])


def irony_lesson(sets: Sets) -> Lesson:
    """Ironic or sarcastic by its author or by a hashtag since removed."""
    names = ("tweeteval-irony", "sarcasm-isarcasmeval")
    said = frozenset({"ironic", "sarcastic"})
    rows = _of(sets, names)
    if not rows:
        return tag_lesson(sets, (), "")
    return _lesson([(row.text, int(bool(row.tags & said))) for row in rows])


def request_lesson(sets: Sets, seed: int) -> Lesson:
    """Distant: yes where words ask for something, half of which are then cut out; no without them."""
    chance = random.Random(seed)  # noqa: S311 (a draw, not a secret)
    names = ("goemotions", "ibm-care-conversations", "intent-banking77", *BRANDS)
    pairs = []
    for row in _of(sets, names):
        if _ASKING.search(row.text):
            cut = chance.random() < 0.5
            pairs.append((_ASKING.sub("", row.text) if cut else row.text, 1))
        else:
            pairs.append((row.text, 0))
    return _lesson(pairs)


def pool(sets: Sets, most: int, seed: int) -> list[str]:
    """Texts without labels from which a fast head may learn what a deep one says, seeded."""
    texts = [row.text for row in _of(sets, POOL_SETS)]
    random.Random(seed).shuffle(texts)  # noqa: S311 (a draw, not a secret)
    return texts[:most]


def complaint_lesson(sets: Sets) -> Lesson:
    """Labelled complaints; without them, distant ones: irritated posts, help-desk openings."""
    if labelled := _of(sets, COMPLAINTS):
        return _lesson([(row.text, int("complaint" in row.tags)) for row in labelled])
    grievance = _FEELINGS["anger"] | {"disappointment", "disapproval"}
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
        foreign = [row for row in _of(sets, ("umsab-multilingual",)) if row.part != "english"]
        twice = [*labelled, *foreign]  # seven languages beside four times as much English
        return _lesson([(row.text, order[next(iter(row.tags))]) for row in twice])
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
