"""Training: what whoever speaks for the company has learnt, in short modules with a quiz (R51).

The shipped ones are data (``shipped/*.toml``), a company's own are typed (``typed.py``); both are
a :class:`Module`. Who has passed what, and until when, is asked of ``standing_of``.
"""

from amends.casework.training.modules import Module, Part, Question, edition_of, shipped
from amends.casework.training.quiz import (
    WARNING,
    Marked,
    State,
    Trained,
    Tried,
    expires_at,
    mark,
    standing_of,
)
from amends.casework.training.typed import lesson_typed, quiz_typed

__all__ = [
    "WARNING",
    "Marked",
    "Module",
    "Part",
    "Question",
    "State",
    "Trained",
    "Tried",
    "edition_of",
    "expires_at",
    "lesson_typed",
    "mark",
    "quiz_typed",
    "shipped",
    "standing_of",
]
