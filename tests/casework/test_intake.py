"""What a post means for a case: one table."""

import pytest
from msgspec.structs import replace

from amends.casework import CaseState, Decision, Facts, Intake, Outcome, decide
from amends.terms import Reading

S = CaseState


def read(
    complaint: float = 0.0,
    praise: float = 0.0,
    question: float = 0.0,
    *,
    retraction: bool = False,
) -> Reading:
    return Reading(
        complaint=complaint,
        praise=praise,
        question=question,
        sentiment="neutral",
        sentiment_scores={"neutral": 1.0},
        retraction=retraction,
    )


COMPLAINT, PRAISE, QUESTION, CHAT = read(0.9), read(praise=0.9), read(question=0.9), read()
RETRACTION = read(0.6, retraction=True)
THANKS_BUT, THANKS_AND = read(0.6, praise=0.9), read(0.1, praise=0.9, question=0.9)


def test_vacancy_opens_nothing_and_reproach_about_one_does() -> None:
    told = {"case": None, "about_us": True, "ours": False, "private": False, "threshold": 0.24}
    vacancy = replace(read(0.6), intents=("job",))
    reproach = replace(vacancy, severity="accusation")
    found = [decide(one, **told).intake for one in (vacancy, reproach)]  # type: ignore[arg-type]
    assert found == [Intake.NOTHING, Intake.OPEN]


def facts(state: CaseState, *, theirs: bool = True, answered: bool = True) -> Facts:
    return Facts(state=state, by_customer=theirs, answered=answered)


TABLE = [
    # reading, case, about us, ours, private -> intake, move, outcome
    (COMPLAINT, None, True, False, False, Intake.OPEN, S.NEW, None),
    (COMPLAINT, None, False, False, False, Intake.NOTHING, None, None),  # a competitor's (R03)
    (CHAT, None, True, False, False, Intake.NOTHING, None, None),
    (PRAISE, None, True, False, False, Intake.NOTHING, None, None),
    (QUESTION, None, True, False, False, Intake.NOTHING, None, None),
    (read(0.6, praise=0.8), None, True, False, False, Intake.NOTHING, None, None),
    (read(0.8, praise=0.6), None, True, False, False, Intake.OPEN, S.NEW, None),
    (QUESTION, None, True, False, True, Intake.OPEN, S.NEW, None),
    (None, None, True, True, False, Intake.NOTHING, None, None),
    (CHAT, facts(S.NEW), False, False, False, Intake.ATTACH, None, None),
    (COMPLAINT, facts(S.OPEN), True, False, False, Intake.ATTACH, None, None),
    (CHAT, facts(S.WAITING), False, False, False, Intake.ATTACH, S.OPEN, None),
    (PRAISE, facts(S.WAITING), False, False, False, Intake.ATTACH, None, Outcome.THANKED),
    # Thanks with a question, or with a complaint, settle nothing.
    (THANKS_BUT, facts(S.OPEN), True, False, False, Intake.ATTACH, None, None),
    (THANKS_BUT, facts(S.WAITING), True, False, False, Intake.ATTACH, S.OPEN, None),
    (THANKS_BUT, facts(S.RESOLVED), True, False, False, Intake.ATTACH, S.OPEN, Outcome.NEGATIVE),
    (THANKS_AND, facts(S.WAITING), True, False, False, Intake.ATTACH, S.OPEN, None),
    (THANKS_AND, facts(S.RESOLVED), True, False, False, Intake.ATTACH, S.OPEN, None),
    (read(0.4, 0.9), facts(S.WAITING), True, False, False, Intake.ATTACH, None, Outcome.THANKED),
    # "Can somebody answer? Thanks" is thanks in advance.
    (read(0.6, 0.7, 0.9), None, True, False, False, Intake.OPEN, S.NEW, None),
    (THANKS_AND, None, True, False, False, Intake.NOTHING, None, None),
    # "They told me it was my mistake" takes nothing back.
    (
        read(0.95, retraction=True),
        facts(S.WAITING),
        True,
        False,
        False,
        Intake.ATTACH,
        S.OPEN,
        None,
    ),
    (PRAISE, facts(S.RESOLVED), False, False, False, Intake.ATTACH, None, Outcome.THANKED),
    (PRAISE, facts(S.CLOSED), False, False, False, Intake.ATTACH, None, Outcome.THANKED),
    (RETRACTION, facts(S.CLOSED), False, False, False, Intake.ATTACH, None, Outcome.RETRACTED),
    (COMPLAINT, facts(S.RESOLVED), False, False, False, Intake.ATTACH, S.OPEN, Outcome.NEGATIVE),
    (COMPLAINT, facts(S.CLOSED), False, False, False, Intake.ATTACH, S.OPEN, Outcome.NEGATIVE),
    (QUESTION, facts(S.RESOLVED), False, False, False, Intake.ATTACH, S.OPEN, None),
    (CHAT, facts(S.RESOLVED), False, False, False, Intake.ATTACH, None, None),
    (COMPLAINT, facts(S.DISMISSED), False, False, False, Intake.ATTACH, S.OPEN, Outcome.NEGATIVE),
    (QUESTION, facts(S.DISMISSED), False, False, False, Intake.ATTACH, None, None),
    (CHAT, facts(S.OPEN, theirs=False), False, False, False, Intake.ATTACH, None, None),
    (COMPLAINT, facts(S.OPEN, theirs=False), True, False, False, Intake.ATTACH, None, None),
    (COMPLAINT, facts(S.CLOSED, theirs=False), True, False, False, Intake.OPEN, S.NEW, None),
    (None, facts(S.NEW), False, True, False, Intake.ATTACH, S.WAITING, None),
    (None, facts(S.OPEN), False, True, False, Intake.ATTACH, S.WAITING, None),
    (None, facts(S.RESOLVED), False, True, False, Intake.ATTACH, None, None),
]


@pytest.mark.parametrize(
    ("reading", "case", "about_us", "ours", "private", "intake", "move", "outcome"), TABLE
)
def test_what_a_post_means(
    reading: Reading | None,
    case: Facts | None,
    about_us: bool,
    ours: bool,
    private: bool,
    intake: Intake,
    move: CaseState | None,
    outcome: Outcome | None,
) -> None:
    made = decide(reading, case=case, about_us=about_us, ours=ours, private=private, threshold=0.5)
    assert (made.intake, made.move, made.outcome) == (intake, move, outcome)


def test_thanks_before_we_answered_are_no_outcome() -> None:
    case = facts(S.OPEN, answered=False)
    made = decide(PRAISE, case=case, about_us=True, ours=False, private=False, threshold=0.5)
    assert made == Decision(Intake.ATTACH, why="more")


def test_threshold_is_met_not_passed() -> None:
    """R07: the threshold one can see and move is the one that opens."""
    at, below = (
        decide(read(p), case=None, about_us=True, ours=False, private=False, threshold=0.4)
        for p in (0.4, 0.399)
    )
    assert (at.intake, below.intake) == (Intake.OPEN, Intake.NOTHING)


@pytest.mark.parametrize("role", ["competitor", "employee"])
def test_competitors_and_employees_complain_of_nothing(role: str) -> None:
    """R05: their words open no case; in one that is their own they count like anybody's."""

    def made(case: Facts | None) -> Decision:
        return decide(
            COMPLAINT, case=case, about_us=True, ours=False, private=False, threshold=0.5, role=role
        )

    assert made(None) == Decision(Intake.NOTHING)
    assert made(facts(S.CLOSED, theirs=False)) == Decision(Intake.ATTACH, why="bystander")
    assert made(facts(S.CLOSED)).move is S.OPEN
