"""Emotion and arousal, from words and from what the model says of the post as a whole."""

from collections.abc import Mapping

from amends.terms import Emotion, Reading, Sentiment, Severity
from amends.understanding.lexicon import Span, Spans
from amends.understanding.negation import denied

# Each emotion with its lines, and what a post's sentiment says of it where no word does.
_SIGNS: tuple[tuple[Emotion, str, Sentiment, float], ...] = (
    ("anger", "emotion.anger", "negative", 0.8),
    ("joy", "emotion.joy", "positive", 0.8),
    ("optimism", "emotion.optimism", "positive", 0.3),
    ("sadness", "emotion.sadness", "negative", 0.5),
)
_LEAST = 0.35
_STEPS: Mapping[Severity, float] = {
    "none": 0,
    "disapproval": 0.1,
    "accusation": 0.25,
    "blame": 0.35,
}


def emotion_of(
    flat: str, spans: Spans, reading: Reading, *, denies: bool
) -> tuple[Emotion | None, list[Span]]:
    """The likeliest of four and the words for it; None where neither word nor sentiment shows one.
    What a model said stands."""
    if reading.emotion is not None:
        return reading.emotion, spans.get(f"emotion.{reading.emotion}", [])
    best: Emotion | None = None
    most: float = _LEAST
    words: list[Span] = []
    for emotion, name, kind, share in _SIGNS:
        score = share * reading.sentiment_scores[kind]
        hits = spans.get(name)
        if hits:
            if denies:
                hits = [hit for hit in hits if not denied(flat, *hit, near=2)]
            score += len({flat[start:end] for start, end in hits})
        if score > most:
            best, most, words = emotion, score, hits or []
    return best, words


def arousal_of(
    flat: str, emotion: Emotion | None, severity: Severity, *, words: int, abusive: bool
) -> float:
    """How stirred up the author is, in [0, 1]. Capitals and the number of signs do not count."""
    stirred = 0.1 + _STEPS[severity] + 0.1 * min(words, 2)
    if emotion == "anger" or (emotion == "joy" and words):
        stirred += 0.15
    if "!" in flat:
        stirred += 0.15
    return round(min(1.0, stirred + 0.3 * abusive), 2)
