"""What the pages of training and policy show, put together for their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.casework.speaking import NEVER
from amends.casework.training import Module, Question, State, Trained, edition_of
from amends.desk.models import Responder, TrainingAttempt
from amends.desk.queries.speaking import (
    SpeakerRow,
    Standing,
    modules,
    standing_for,
    trainings,
)

STATES: dict[State, tuple[str, str, str]] = {
    State.NEVER: ("Not taken yet", "", "training"),
    State.FAILED: ("Not passed yet", "warn", "alert"),
    State.VALID: ("Passed", "good", "check"),
    State.ENDING: ("Runs out soon", "warn", "clock"),
    State.LAPSED: ("Ran out", "bad", "alert"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A module as its learner sees it in the list. ``asked``: nobody speaks without it."""

    module: Module
    trained: Trained
    asked: bool

    @property
    def words(self) -> str:
        return STATES[self.trained.state][0]

    @property
    def tone(self) -> str:
        return STATES[self.trained.state][1]

    @property
    def icon(self) -> str:
        return STATES[self.trained.state][2]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question as it is asked, or as it was answered. ``chosen`` None: nothing yet; ``correct`` None:
    not marked. ``reveal``: the right choice is shown too."""

    number: int
    question: Question
    chosen: int | None = None
    correct: bool | None = None
    reveal: bool = False

    @property
    def choices(self) -> list[tuple[int, Any, bool, bool]]:
        """Each with its place, whether it was chosen, and whether its reason is told."""
        return [
            (
                place,
                choice,
                place == self.chosen,
                self.correct is not None
                and (place == self.chosen or (self.reveal and choice.right)),
            )
            for place, choice in enumerate(self.question.choices)
        ]


def cards_for(person: Responder, standing: Standing, *, now: datetime) -> list[Card]:
    """Every module with where this person stands, those that are asked for first."""
    known = modules()
    trained = trainings([person], known, now=now).get(person.pk, {})
    cards = [
        Card(module, trained.get(name, NEVER), name in standing.asked.training)
        for name, module in known.items()
    ]
    return sorted(cards, key=lambda card: not card.asked)


def list_facts(person: Responder, *, now: datetime) -> dict[str, Any]:
    standing = standing_for(person, now=now)
    cards = cards_for(person, standing, now=now)
    done = sum(card.trained.state.counts for card in cards)
    following = next((card for card in cards if not card.trained.state.counts), None)
    return {"cards": cards, "done": done, "following": following, "standing": standing}


def asked(module: Module, chosen: Mapping[int, int]) -> list[Answered]:
    """The quiz to be answered; ``chosen`` is kept where it was handed in without all answers."""
    return [
        Answered(number, question, chosen.get(number))
        for number, question in enumerate(module.questions)
    ]


def marked(module: Module, attempt: TrainingAttempt) -> list[Answered]:
    """The quiz as it was marked. Who failed is told why their choice was wrong, not which is right:
    the lesson says that. [] where the module's words have changed since."""
    if attempt.edition != edition_of(module):
        return []
    passed = attempt.expires_at is not None
    return [
        Answered(number, question, choice, choice == question.right, reveal=passed)
        for number, (question, choice) in enumerate(
            zip(module.questions, attempt.answers, strict=False)
        )
    ]


def chosen_in(typed: Mapping[str, str], module: Module) -> dict[int, int]:
    """The choices a form holds, by question."""
    found = {}
    for number in range(len(module.questions)):
        sent = typed.get(f"q{number}", "")
        if sent.isascii() and sent.isdecimal() and len(sent) < 4:
            found[number] = int(sent)
    return found


def overview_lines(rows: Sequence[SpeakerRow]) -> list[dict[str, Any]]:
    """A line for each colleague: whether they may speak, what they read, how their training stands."""
    known, lines = modules(), []
    for row in rows:
        trained = [
            (
                module.title,
                *STATES[row.training.get(name, NEVER).state],
                row.training.get(name, NEVER),
            )
            for name, module in known.items()
        ]
        valid = [t.until for t in row.training.values() if t.state.counts and t.until]
        lines.append(
            {
                "row": row,
                "trained": trained,
                "valid": len(valid),
                "of": len(known),
                "first_ends": min(valid, default=None),
                "ending": any(t.state is State.ENDING for t in row.training.values()),
            }
        )
    return lines
