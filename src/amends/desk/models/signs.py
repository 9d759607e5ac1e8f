"""Topics and intents of a reading as bits of one number, and the steps of severity as numbers.

Stored numbers go by these lists: a new name goes to the end, and none is moved or taken out.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from amends.terms import Reading, Severity

STEPS: Final[tuple[Severity, ...]] = ("none", "disapproval", "accusation", "blame")
TOPICS: Final = (
    "delay", "refund", "outage", "billing", "staff", "product_fault", "delivery", "account",
    "safety", "cancellation", "baggage", "booking", "price", "website", "quality", "privacy",
)  # fmt: skip
INTENTS: Final = (
    "leaving", "boycott", "wave", "legal", "press", "safety", "abuse", "spam", "job", "question",
    "request", "praise",
)  # fmt: skip
"""Without "vulnerable", which is kept apart."""
VULNERABLE: Final = "vulnerable"
_STEP: Final = {name: step for step, name in enumerate(STEPS)}
_TOPIC: Final = {name: 1 << at for at, name in enumerate(TOPICS)}
_INTENT: Final = {name: 1 << at for at, name in enumerate(INTENTS, 32)}


def topic_bit(name: str) -> int:
    """Raises ``KeyError`` for a name that is no topic."""
    return _TOPIC[name]


def intent_bit(name: str) -> int:
    """Raises ``KeyError`` for a name that is no intent kept here."""
    return _INTENT[name]


@lru_cache(4096)
def signs_of(topics: tuple[str, ...], intents: tuple[str, ...]) -> int:
    found = sum(_TOPIC[name] for name in topics if name in _TOPIC)
    return found + sum(_INTENT[name] for name in intents if name in _INTENT)


def step_of(reading: Reading) -> int:
    return _STEP[reading.severity]


def topics_in(signs: int | None) -> tuple[str, ...]:
    return _names(_TOPIC.items(), signs)


def intents_in(signs: int | None) -> tuple[str, ...]:
    return _names(_INTENT.items(), signs)


def _names(known: Iterable[tuple[str, int]], signs: int | None) -> tuple[str, ...]:
    return tuple(name for name, bit in known if signs and signs & bit)
