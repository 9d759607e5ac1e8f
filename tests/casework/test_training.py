"""Training: the modules that come with the product, a company's own, marking and expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.casework.training import (
    WARNING,
    Module,
    State,
    Tried,
    edition_of,
    expires_at,
    lesson_typed,
    mark,
    quiz_typed,
    shipped,
    standing_of,
)
from amends.terms import BadInput

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LESSON = "# First\nHear them out.\n+ What happened?\n- Calm down.\n# Then\nAct."
QUIZ = "\n".join(f"? Question {n}\n- No | Not so.\n+ Yes | Just so." for n in range(1, 4))


def _module(quiz: str = QUIZ, percent: int = 80) -> Module:
    return Module(
        name="ours", title="Ours", about="", minutes=1, pass_percent=percent,
        parts=lesson_typed(LESSON), questions=quiz_typed(quiz),
    )  # fmt: skip


def test_shipped_modules_teach_the_articles_lessons() -> None:
    """R51: for complaints and compliments, five questions and more, each choice with its reason."""
    found = shipped()
    assert list(found) == [
        "listen-first", "where-it-began", "own-the-fault", "take-it-private", "no-threats", "speed",
        "false-claims-and-abuse", "compliments", "closing-out",
    ]  # fmt: skip
    assert {module.on for module in found.values()} == {"complaints", "compliments"}
    thin = [
        name
        for name, module in found.items()
        if len(module.questions) < 5
        or len(module.parts) < 3
        or not all(c.text and c.why for q in module.questions for c in q.choices)
    ]
    assert thin == []


def test_right_choices_stand_in_no_place_that_could_be_guessed() -> None:
    for module in shipped().values():
        for place in range(3):
            guessed = mark(module, [place] * len(module.questions))
            assert not guessed.passed, (module.name, place)


def test_module_passes_from_its_pass_mark_on() -> None:
    module = _module(percent=60)
    assert (module.needed, mark(module, [1, 1, 0]).passed) == (2, True)
    assert mark(module, [1, 0, 0]).correct == (True, False, False)
    assert not mark(module, [1, 0, 0]).passed


@pytest.mark.parametrize("answers", [[1, None, 1], [1, 7, 1], [1, -1, 1], [1]])
def test_question_without_an_answer_is_named(answers: list[int | None]) -> None:
    with pytest.raises(BadInput, match="Question 2 has no answer"):
        mark(_module(), answers)


def test_training_is_valid_then_ends_soon_then_has_lapsed() -> None:
    """R51: expiry, with a warning in advance."""
    until = expires_at(_module(), passed_at=NOW)
    tries = [Tried(NOW, until), Tried(NOW + timedelta(days=1), None)]
    states = [
        standing_of(tries, now=at).state
        for at in (NOW, until - WARNING, until - timedelta(seconds=1), until)
    ]
    assert until == NOW + timedelta(days=365)
    assert states == [State.VALID, State.ENDING, State.ENDING, State.LAPSED]
    assert [s.counts for s in states] == [True, True, True, False]


def test_never_tried_and_failed_are_told_apart() -> None:
    assert standing_of([], now=NOW).state is State.NEVER
    assert standing_of([Tried(NOW, None)], now=NOW).state is State.FAILED


def test_typed_lesson_has_parts_with_wordings() -> None:
    first, then = lesson_typed(LESSON)
    assert (first.title, first.text) == ("First", "Hear them out.")
    assert (first.say, first.avoid, then.title) == ("What happened?", "Calm down.", "Then")


def test_typed_quiz_has_one_right_choice_each_with_reasons() -> None:
    one = quiz_typed(QUIZ)[0]
    assert (one.ask, one.right, [c.why for c in one.choices]) == (
        "Question 1", 1, ["Not so.", "Just so."],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "3 to 40 questions; this one has 0"),
        ("- No", "Line 1 cannot be read"),
        ("? One\n+ Yes\n- No\nwhat is this", "Line 4 cannot be read"),
        (QUIZ.replace("+ Yes", "- Yes"), "in line 1 needs one right choice"),
        (QUIZ.replace("- No | Not so.\n", ""), "in line 1 needs one right choice"),
    ],
)
def test_quiz_that_cannot_be_read_names_its_line(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        quiz_typed(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "is empty"), ("Hello", "Line 1 stands before"), ("# a\n" * 9999, "at most")],
)
def test_lesson_that_cannot_be_read_says_why(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        lesson_typed(typed)


def test_edition_changes_with_a_word() -> None:
    assert edition_of(_module()) == edition_of(_module())
    assert edition_of(_module()) != edition_of(_module(QUIZ.replace("Not so.", "No!")))
