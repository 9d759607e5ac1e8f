"""Satisfaction: asked on a case, answered on a page by link, added up for leads."""

import secrets
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from amends.casework import Action
from amends.casework.budgets import month_of
from amends.casework.survey import LONGEST
from amends.desk.actions.surveys import answer_survey, ask_satisfaction
from amends.desk.models import Case, Responder
from amends.desk.queries.doors import NotThere
from amends.desk.queries.surveys import (
    answers_for,
    find_survey,
    satisfaction,
    shut_words,
)
from amends.terms import AmendsError
from amends.web.asking import number_of, require, text_of
from amends.web.languages import LANGUAGES, speak_as, spoken, switches
from amends.web.middleware import status_of
from amends.web.outside import within
from amends.web.surveypage import SCORES

_MOST_LOOKS, _WINDOW_S = 60, 15 * 60
_BACK: Final = 6


def ask(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """What is done on the page of a case, as ``acts.ACTS`` has it."""
    return ask_satisfaction(
        case,
        text=text_of(typed, "survey_text"),
        by=by,
        now=now,
        attempt=secrets.token_hex(16),
        anyway=text_of(typed, "survey_anyway"),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The question, for whoever has its link; nothing of the case is shown."""
    now, peer = timezone.now(), request.META.get("REMOTE_ADDR", "")
    if not within("survey", peer, most=_MOST_LOOKS, window_s=_WINDOW_S):
        return _shut(request, _("That was a lot at once. Wait a quarter of an hour."), 429)
    try:
        survey = find_survey(token)
    except NotThere as error:
        return _shut(request, str(error), 404)
    speak_as(request, survey.case)
    facts: dict[str, Any] = {
        "brand": survey.case.brand,
        "scores": SCORES,
        "longest": LONGEST,
        "languages": LANGUAGES,
    }
    if request.method == "POST":
        score, words = number_of(request.POST, "score"), text_of(request.POST, "words")
        if switches(request) and not shut_words(survey, now=now):
            facts |= {"score": score, "words": words}
            return render(request, "handoff/survey.html", facts)
        try:
            answer_survey(survey, score=score, words=words, now=now)
        except AmendsError as error:
            facts |= {"error": _said(error, words), "score": score, "words": words}
            if not shut_words(survey, now=now):
                return render(request, "handoff/survey.html", facts, status=status_of(error))
        return redirect("survey", token)
    if why := shut_words(survey, now=now):
        return _shut(request, why, 200 if survey.answered_at else 410, **facts)
    return render(request, "handoff/survey.html", facts)


def _shut(request: HttpRequest, sentence: str, status: int, **facts: Any) -> HttpResponse:
    told = facts | {"sentence": _(sentence), "languages": LANGUAGES}
    return render(request, "handoff/survey.html", told, status=status)


def _said(error: AmendsError, words: str) -> str:
    """A refusal in the language of the page."""
    if len(words.strip()) > LONGEST:
        return _("That is too long: %(most)s characters are the most.") % {"most": LONGEST}
    return _(str(error))


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Satisfaction by month, and the answers behind the month that is chosen."""
    person = require(request, Action.RESULTS)
    now = timezone.now()
    starts = [month_of(now)]
    for _month in range(_BACK - 1):
        starts.append(month_of(starts[-1], back=1))
    ends = [now, *starts]
    chosen = next((one for one in starts if f"{one:%Y-%m}" == request.GET.get("month")), starts[0])
    till = ends[starts.index(chosen)]
    months = [
        (f"{since:%Y-%m}", f"{since:%B %Y}", satisfaction(person, since=since, till=end))
        for since, end in zip(starts, ends, strict=False)
    ]
    facts = {
        "months": months,
        "chosen": f"{chosen:%B %Y}",
        "answers": answers_for(person, since=chosen, till=till),
        "words": SCORES,
        "here": "surveys",
    }
    return render(request, "claims/surveys.html", facts)
