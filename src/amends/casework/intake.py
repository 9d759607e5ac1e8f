"""What a newly heard post means for a case: opens one, attaches, reopens, or is an outcome."""

from dataclasses import dataclass
from enum import StrEnum

from amends.casework.states import LIVE, CaseState, Outcome
from amends.casework.weighing import blames_others
from amends.terms import AuthorRole, Reading

PRAISE = 0.5
QUESTION = 0.5
MIXED = 0.5  # a complaint so likely is one, whatever thanks stand beside it in a running case
BITTER = 0.9  # what takes something back and is so surely a complaint takes nothing back
NO_CUSTOMERS = frozenset({AuthorRole.COMPETITOR, AuthorRole.EMPLOYEE})


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
    role: str | None = None,
    to_us: bool = False,
) -> Decision:
    """Decide for one post.

    What praises more than it complains is praise (R21), unless it asks: that is thanks in advance. What
    tells of a vacancy and reproaches nobody is no complaint, whatever its probability.
    ``about_us``: a watch on our brand, product or people matched, or the network delivered it to our
    account. ``threshold``: the complaint probability that opens. ``role``: the author's, where one is known; what
    competitors and employees write complains of nothing, unless the case is their own. ``to_us``: it was
    written to us, so that of others it complains only where it praises us.
    """
    if ours:
        return _ours(case)
    if role in NO_CUSTOMERS and not (case is not None and case.by_customer):
        reading = None
    heard = _hear(reading, threshold)
    if case is None or (_is_over(case.state) and heard.complaint and not case.by_customer):
        # A bystander's complaint under a case that is over must reach somebody: its own case.
        question = heard.question and private
        of_us = reading is not None and not blames_others(reading, to_us=to_us)
        return _opens(about_us=about_us, complaint=heard.complaint and of_us, question=question)
    if not case.by_customer:
        return Decision(Intake.ATTACH, why="bystander")
    return _by_customer(heard, case)


@dataclass(frozen=True, slots=True)
class _Heard:
    """``mixed``: praise with a complaint in it, such as thanks for an answer that does not help."""

    complaint: bool = False
    praise: bool = False
    mixed: bool = False
    question: bool = False
    retraction: bool = False


def _hear(reading: Reading | None, threshold: float) -> _Heard:
    if reading is None:
        return _Heard()
    question = reading.question >= QUESTION
    praise = reading.praise >= max(PRAISE, reading.complaint) and not question
    return _Heard(
        complaint=reading.complaint >= threshold and not praise and not _is_about_work(reading),
        praise=praise,
        mixed=praise and reading.complaint >= MIXED,
        question=question,
        retraction=reading.retraction and reading.complaint < BITTER,
    )


def _is_about_work(reading: Reading) -> bool:
    """Vacancies and interviews, with nothing reproached."""
    return "job" in reading.intents and reading.severity == "none"


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


def _by_customer(heard: _Heard, case: Facts) -> Decision:
    complaint = heard.complaint or heard.mixed
    if heard.retraction:
        return Decision(Intake.ATTACH, outcome=Outcome.RETRACTED, why="retraction")
    if heard.praise and not heard.mixed and case.answered:
        return Decision(Intake.ATTACH, outcome=Outcome.THANKED, why="thanks")
    if case.state is CaseState.WAITING:
        return Decision(Intake.ATTACH, CaseState.OPEN, why="answered")
    reopens = complaint or (heard.question and case.state is not CaseState.DISMISSED)
    if _is_over(case.state) and case.state is not CaseState.MERGED and reopens:
        negative = Outcome.NEGATIVE if complaint else None
        return Decision(Intake.ATTACH, CaseState.OPEN, negative, why="reopened")
    return Decision(Intake.ATTACH, why="more")


def _is_over(state: CaseState) -> bool:
    return state not in LIVE
