"""Complaints in languages that the model never saw complaints in.

The labelled complaints are English. In the other languages whose words the lexicon knows, a complaint is
told by those words and by the model's sentiment, which has learnt from posts in them; the probability is a
floor, not calibrated. The bounds were chosen on the training posts of `umsab-multilingual`, read by heads that
had not seen them, so that few neutral and positive posts pass; docs/reading.md has the figures.
"""

from typing import Final

from amends.terms import Reading, Severity
from amends.understanding.scores import moved_by

LANGUAGES: Final = frozenset(("de", "es", "fr", "it", "pt"))
_WRONGED, _DISPLEASED = 0.5, 0.3
_FLOORS: Final = {"accusation": _WRONGED, "blame": _WRONGED}
_NEGATIVE, _SURELY_NEGATIVE = 0.3, 0.75  # probabilities


def complaint_abroad(reading: Reading, severity: Severity, lang: str | None) -> float:
    """The probability of a complaint in [0, 1]: what the reader says, or more in those languages.

    What a desk taught moves the floor as it moves the model's own word.
    """
    if lang not in LANGUAGES or reading.retraction:
        return reading.complaint
    negative = reading.sentiment_scores["negative"]
    displeased = severity == "disapproval" and negative >= _NEGATIVE
    floor = _DISPLEASED if displeased or negative >= _SURELY_NEGATIVE else 0.0
    floor = max(floor, _FLOORS.get(severity, 0.0))
    return max(reading.complaint, moved_by(floor, reading.taught) if floor else 0.0)
