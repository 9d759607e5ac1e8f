"""Training and policy: what a person learns and acknowledges, and who may speak, for leads."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.casework.training import Module
from amends.desk.actions.speaking import acknowledge_policy, take_quiz
from amends.desk.models import Acknowledgement, SocialPolicy, TrainingAttempt
from amends.desk.queries.speaking import (
    attempts_of,
    get_module,
    get_policy,
    newest_policy,
    overview_for,
    policies_for,
    standing_for,
    unkept,
)
from amends.terms import BadInput, Stale
from amends.web.asking import me, require
from amends.web.trainingpage import asked, chosen_in, list_facts, marked, overview_lines


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every module, and where one stands with it."""
    person = require(request, Action.SEE_CASES)
    facts = list_facts(person, now=timezone.now())
    return render(request, "training/list.html", facts | {"here": "mine"})


@require_http_methods(["GET", "POST"])
def module(request: HttpRequest, name: str) -> HttpResponse:
    """A lesson and its quiz; what is handed in is marked and shown at the same address."""
    person = require(request, Action.SEE_CASES)
    found = get_module(name)
    if request.method == "GET":
        return _lesson(request, found)
    chosen = chosen_in({key: str(request.POST.get(key, "")) for key in request.POST}, found)
    answers = [chosen.get(number) for number in range(len(found.questions))]
    try:
        attempt = take_quiz(found, answers=answers, by=person, now=timezone.now())
    except BadInput as error:
        return _lesson(request, found, chosen=chosen, error=str(error), status=400)
    return redirect(f"{reverse('training-module', args=[name])}?try={attempt.pk}#result")


def _lesson(
    request: HttpRequest,
    found: Module,
    *,
    chosen: dict[int, int] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    tries = attempts_of(me(request), found.name)
    shown = _shown(tries, request.GET.get("try", ""))
    facts: dict[str, Any] = {
        "module": found,
        "tries": tries,
        "shown": shown,
        "marked": marked(found, shown) if shown else [],
        "passed": shown is not None and shown.expires_at is not None,
        "quiz": asked(found, chosen or {}),
        "error": error,
        "here": "mine",
    }
    if facts["passed"]:
        facts["following"] = list_facts(me(request), now=timezone.now())["following"]
    return render(request, "training/module.html", facts, status=status)


def _shown(tries: list[TrainingAttempt], wanted: str) -> TrainingAttempt | None:
    return next((one for one in tries if str(one.pk) == wanted), None)


@require_GET
def policy(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The social media policy: the newest version, or an older one."""
    person = require(request, Action.SEE_CASES)
    newest = newest_policy()
    shown = get_policy(number) if number is not None else newest
    read = {one.policy_id: one for one in Acknowledgement.objects.filter(person=person)}
    facts = {
        "shown": shown,
        "newest": newest,
        "read": read.get(shown.pk) if shown else None,
        "versions": [_version(one, read) for one in policies_for(person)],
        "standing": standing_for(person, now=timezone.now()),
        "here": "policy",
    }
    return render(request, "training/policy.html", facts)


def _version(row: SocialPolicy, read: dict[int, Acknowledgement]) -> tuple[SocialPolicy, object]:
    return row, read.get(row.pk)


@require_GET
def policy_part(request: HttpRequest) -> HttpResponse:
    """The newest version's text, as it stands beside the composer."""
    require(request, Action.SEE_CASES)
    return render(request, "training/_policy.html", {"policy": newest_policy()})


@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Say that one has read the newest version."""
    person = require(request, Action.SEE_CASES)
    sent = request.POST.get("number", "")
    number = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else 0
    try:
        acknowledge_policy(number=number, by=person, now=timezone.now())
    except Stale as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Thank you: version {number} is acknowledged.")
    return redirect("policy")


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Who may speak, for leads."""
    person = require(request, Action.OVERSEE)
    now = timezone.now()
    lines = overview_lines(overview_for(person, now=now))
    facts = {
        "lines": lines,
        "standing": standing_for(person, now=now),
        "newest": newest_policy(),
        "unkept": unkept(),
        "here": "people",
    }
    return render(request, "training/people.html", facts)
