"""What the case page shows of the private question how we did."""

from datetime import datetime
from typing import Any, Final

from amends.casework import CaseState
from amends.casework.survey import QUESTION
from amends.desk.actions import is_closed_out
from amends.desk.models import Case
from amends.desk.queries.surveys import surveys_of, why_not_asked
from amends.desk.queries.there import ALL, Part, Parts

SCORES: Final = {
    5: "very well",
    4: "well",
    3: "so so",
    2: "badly",
    1: "very badly",
}


def survey_facts(case: Case, *, now: datetime, there: Parts = ALL) -> dict[str, Any]:
    """What the part of the case page about satisfaction shows."""
    asks = case.state in {CaseState.RESOLVED, CaseState.CLOSED}
    why_not = why_not_asked(case, now=now) if asks else ""
    return {
        "rows": surveys_of(case) if Part.SURVEYS in there else [],
        "words": SCORES,
        "question": QUESTION,
        "asks": asks,
        "why_not": why_not,
        "next": asks and not why_not and is_closed_out(case),  # the step after the close-out
    }
