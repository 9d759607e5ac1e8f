"""Corrections: what a colleague may say of a reading, and which of many holds."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from amends.terms import BadInput, Reading

COMPLAINT, NOT_COMPLAINT = "complaint", "none"
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "complaint": (COMPLAINT, NOT_COMPLAINT),
    "severity": ("none", "disapproval", "accusation", "blame"),
    "sentiment": ("negative", "neutral", "positive"),
}
"""What can be said of each ``what``."""
LEAST: Final = 40
"""Corrections of complaints from which on a head is learnt."""
LEAST_OF_EACH: Final = 8
"""Of each word at least so many, or there is nothing to tell apart."""


def check_correction(what: str, said: str) -> None:
    """Raise ``BadInput`` for what no colleague can say."""
    if said not in WORDS.get(what, ()):
        raise BadInput("Say complaint or no complaint, a severity, or a sentiment from the list.")


def enough(counts: Mapping[str, int], *, least: int = LEAST) -> bool:
    """Whether corrections of one kind, counted by what they say, are enough to learn from."""
    told = [count for count in counts.values() if count >= LEAST_OF_EACH]
    return sum(counts.values()) >= least and len(told) >= 2


def corrected(reading: Reading, said: Mapping[str, str]) -> Reading:
    """The reading with what colleagues said of it in its place."""
    changes: dict[str, object] = {}
    if "complaint" in said:
        changes["complaint"] = 1.0 if said["complaint"] == COMPLAINT else 0.0
    if said.get("complaint") == NOT_COMPLAINT:
        changes["severity"] = "none"
    changes |= {what: said[what] for what in ("severity", "sentiment") if what in said}
    return replace(reading, **changes)
