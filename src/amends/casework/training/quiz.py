"""Marking a quiz, and what somebody's tries amount to at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from amends.casework.training.modules import Module
from amends.terms import BadInput

WARNING: Final = timedelta(days=30)
"""How long before it runs out a person is told."""


class State(StrEnum):
    NEVER = "never"  # not tried
    FAILED = "failed"  # tried, not passed
    VALID = "valid"
    ENDING = "ending"  # valid, and about to run out
    LAPSED = "lapsed"  # passed once, and it ran out

    @property
    def counts(self) -> bool:
        """Whether a person in this state is trained."""
        return self in {State.VALID, State.ENDING}


@dataclass(frozen=True, slots=True)
class Marked:
    """A quiz as it was marked: ``correct`` question by question."""

    correct: tuple[bool, ...]
    passed: bool

    @property
    def right(self) -> int:
        return sum(self.correct)


@dataclass(frozen=True, slots=True)
class Tried:
    """A try that is over; ``expires_at`` where it was passed."""

    at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trained:
    """Where a person stands with a module. ``until``: what was passed counts, or counted, till then."""

    state: State
    until: datetime | None = None
    tries: int = 0


def mark(module: Module, answers: Sequence[int | None]) -> Marked:
    """Mark a quiz. Raises ``BadInput`` where a question has no answer, naming the first."""
    asked = len(module.questions)
    given = [*answers[:asked], *([None] * (asked - len(answers)))]
    correct = []
    for number, (question, answer) in enumerate(zip(module.questions, given, strict=True), start=1):
        if answer is None or not 0 <= answer < len(question.choices):
            raise BadInput(f"Question {number} has no answer yet. Choose one, then hand it in.")
        correct.append(answer == question.right)
    return Marked(tuple(correct), sum(correct) >= module.needed)


def expires_at(module: Module, *, passed_at: datetime) -> datetime:
    """When what was passed stops counting."""
    return passed_at + timedelta(days=module.valid_days)


def standing_of(tries: Iterable[Tried], *, now: datetime) -> Trained:
    """What somebody's tries at one module amount to; a failed try takes nothing away."""
    done = list(tries)
    ends = [one.expires_at for one in done if one.expires_at is not None]
    if not ends:
        return Trained(State.FAILED if done else State.NEVER, None, len(done))
    until = max(ends)
    if until <= now:
        return Trained(State.LAPSED, until, len(done))
    return Trained(State.ENDING if until - now <= WARNING else State.VALID, until, len(done))
