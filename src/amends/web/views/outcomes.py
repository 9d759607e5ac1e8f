"""What customers made of it: corrected on a case, and listed for leads."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from amends.casework import Action, Outcome
from amends.casework.budgets import month_of
from amends.desk.actions.outcomes import correct_outcome
from amends.desk.models import Case, Responder
from amends.desk.queries.outcomes import friends, outcomes_between
from amends.terms import BadInput
from amends.web.asking import require
from amends.web.words import OUTCOMES


def correct(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """What is done on the page of a case, as ``acts.ACTS`` has it."""
    chosen = typed.get("outcome", "")
    if chosen and chosen not in set(Outcome):
        raise BadInput("Choose what the customer made of it.")
    return correct_outcome(case, outcome=Outcome(chosen) if chosen else None, by=by, now=now)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Who came back as a friend, with the post that shows it, and the outcomes of two months."""
    person = require(request, Action.RESULTS)
    now = timezone.now()
    start = month_of(now)
    months = [
        (f"{since:%B %Y}", outcomes_between(person, since=since, till=till))
        for since, till in ((start, now), (month_of(start, back=1), start))
    ]
    facts = {"friends": friends(person), "months": months, "words": OUTCOMES, "here": "friends"}
    return render(request, "claims/friends.html", facts)
