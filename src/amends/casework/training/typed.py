"""A company's own module as a person types it: a lesson with headings, and a quiz in lines.

A lesson: ``# `` begins a part with its title; ``+ `` is a wording to use, ``- `` one to avoid; what
else stands there is text. A quiz: ``? `` asks, ``+ `` is the right choice, ``- `` a wrong one; after
`` | `` stands why.
"""

from collections.abc import Iterator
from typing import Final

from amends.casework.training.modules import FEWEST_QUESTIONS, Choice, Part, Question
from amends.terms import BadInput

LONGEST_LESSON: Final = 20_000
MOST_QUESTIONS: Final = 40
_NO_REASON = {True: "Yes.", False: "No. Read the lesson again."}


def lesson_typed(text: str) -> tuple[Part, ...]:
    """The parts of a lesson. Raises ``BadInput`` with the line that cannot be read."""
    if len(text) > LONGEST_LESSON:
        raise BadInput(
            f"A lesson has {LONGEST_LESSON:,} characters at most. Cut it in two modules."
        )
    parts: list[dict[str, list[str]]] = []
    for number, line in _lines(text):
        if line.startswith("# "):
            parts.append({"title": [line[2:].strip()], "text": [], "say": [], "avoid": []})
        elif not parts:
            raise BadInput(f"Line {number} stands before any heading. Begin a part with “# Title”.")
        else:
            name = {"+ ": "say", "- ": "avoid"}.get(line[:2], "text")
            parts[-1][name].append(line if name == "text" else line[2:].strip())
    if not parts:
        raise BadInput("The lesson is empty. Begin a part with “# Title” and write below it.")
    joins = {"title": " ", "text": "\n", "say": "\n", "avoid": "\n"}
    return tuple(
        Part(**{name: joins[name].join(lines).strip() for name, lines in part.items()})
        for part in parts
    )


def quiz_typed(text: str) -> tuple[Question, ...]:
    """The questions of a quiz. Raises ``BadInput`` with the line that cannot be read."""
    asked: list[tuple[int, str, list[Choice]]] = []
    for number, line in _lines(text):
        if not line.strip():
            continue
        head, said = line[:2], line[2:].strip()
        if head == "? ":
            asked.append((number, said, []))
        elif head in {"+ ", "- "} and asked:
            words, _, why = said.partition(" | ")
            right = head == "+ "
            asked[-1][2].append(Choice(words.strip(), why.strip() or _NO_REASON[right], right))
        else:
            raise BadInput(
                f"Line {number} cannot be read. Begin it with “? ” for a question, “+ ” for the right"
                " choice or “- ” for a wrong one."
            )
    if not FEWEST_QUESTIONS <= len(asked) <= MOST_QUESTIONS:
        raise BadInput(
            f"A quiz has {FEWEST_QUESTIONS} to {MOST_QUESTIONS} questions; this one has {len(asked)}."
        )
    return tuple(_question(*one) for one in asked)


def _question(number: int, ask: str, choices: list[Choice]) -> Question:
    if sum(choice.right for choice in choices) != 1 or len(choices) < 2:
        raise BadInput(
            f"The question in line {number} needs one right choice (“+ ”) and a wrong one (“- ”) or"
            " more."
        )
    return Question(ask, tuple(choices))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        yield number, line.rstrip()
