"""What a newly heard post means for a case: opens one, attaches, reopens, or is an outcome."""

from dataclasses import dataclass
from enum import StrEnum

from amends.casework.states import LIVE, CaseState, Outcome
from amends.terms import Reading

PRAISE = 0.5
QUESTION = 0.5


class Intake(StrEnum):
    OPEN = "open"
    ATTACH = "attach"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the desk knows about the case a post would belong to."""

    state: CaseState
    by_customer: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """``move`` is the state the case takes, ``outcome`` what the customer made of it, ``why`` one
    word for the event log."""

    intake: Intake
    move: CaseState | None = None
    outcome: Outcome | None = None
    why: str = ""


NOTHING = Decision(Intake.NOTHING)


def decide(
    reading: Reading | None,
    *,
    case: Facts | None,
    about_us: bool,
    ours: bool,
    private: bool,
    threshold: float,
) -> Decision:
    """Decide for one post. What praises more than it complains is praise (R21). ``about_us``: a watch on our brand, product or people matched, or the
    network delivered it to our account. ``threshold``: the complaint probability that opens."""
    if ours:
        return _ours(case)
    praise = reading is not None and reading.praise >= max(PRAISE, reading.complaint)
    complaint = reading is not None and reading.complaint >= threshold and not praise
    question = reading is not None and reading.question >= QUESTION
    if case is None or (_is_over(case.state) and complaint and not case.by_customer):
        # A bystander's complaint under a case that is over must reach somebody: its own case.
        return _opens(about_us=about_us, complaint=complaint, question=question and private)
    if not case.by_customer:
        return Decision(Intake.ATTACH, why="bystander")
    return _by_customer(reading, case, complaint=complaint, question=question, praise=praise)


def _ours(case: Facts | None) -> Decision:
    if case is None:
        return NOTHING
    move = CaseState.WAITING if case.state in {CaseState.NEW, CaseState.OPEN} else None
    return Decision(Intake.ATTACH, move, why="ours")


def _opens(*, about_us: bool, complaint: bool, question: bool) -> Decision:
    if not about_us:
        return NOTHING
    if complaint:
        return Decision(Intake.OPEN, CaseState.NEW, why="complaint")
    if question:
        return Decision(Intake.OPEN, CaseState.NEW, why="private_question")
    return NOTHING


def _by_customer(
    reading: Reading | None, case: Facts, *, complaint: bool, question: bool, praise: bool
) -> Decision:
    if reading is not None and reading.retraction:
        return Decision(Intake.ATTACH, outcome=Outcome.RETRACTED, why="retraction")
    if praise and case.answered:
        return Decision(Intake.ATTACH, outcome=Outcome.THANKED, why="thanks")
    if case.state is CaseState.WAITING:
        return Decision(Intake.ATTACH, CaseState.OPEN, why="answered")
    reopens = complaint or (question and case.state is not CaseState.DISMISSED)
    if _is_over(case.state) and case.state is not CaseState.MERGED and reopens:
        negative = Outcome.NEGATIVE if complaint else None
        return Decision(Intake.ATTACH, CaseState.OPEN, negative, why="reopened")
    return Decision(Intake.ATTACH, why="more")


def _is_over(state: CaseState) -> bool:
    return state not in LIVE
