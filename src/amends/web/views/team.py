"""The team: what everybody carries, and which team takes what (for leads and administrators)."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.desk.actions.teams import (
    remove_skill,
    remove_team,
    save_rest,
    save_seat,
    save_skill,
    save_team,
    take_break,
)
from amends.desk.models import Skill, Team
from amends.desk.queries.routing import (
    loads,
    rules_now,
    seat_of,
    skills_for,
    teams_for,
    without_anybody,
    workers_for,
)
from amends.desk.queries.timing import get_one_of
from amends.web.asking import require
from amends.web.views.setup_shared import accepted
from amends.web.views.team_forms import (
    RestForm,
    SeatForm,
    SkillForm,
    TeamForm,
    languages_text,
    rest_initial,
    seat_initial,
    skill_initial,
    team_initial,
)
from amends.web.words import PRIORITIES


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """What everybody carries (R47), and when the abuse-weary rest; a post changes that."""
    person = require(request, Action.TEAMS)
    rules = rules_now()
    form = RestForm(request.POST or None, initial=rest_initial(rules))
    if accepted(form, lambda: save_rest(by=person, **form.cleaned_data)):
        messages.success(request, "That is when people rest from now on.")
        return redirect("load")
    facts = {
        "form": form,
        "rules": rules,
        "loads": loads(person, now=timezone.now()),
        "waiting": without_anybody(),
        "teams": teams_for(person).exists(),
    }
    return render(request, "team/load.html", facts, status=400 if form.is_bound else 200)


@require_POST
def take_a_break(request: HttpRequest) -> HttpResponse:
    """Be given no new case for some hours; one's own, whatever the role that works cases."""
    person = require(request, Action.WORK)
    sent = request.POST.get("hours", "")
    hours = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 4 else -1
    if take_break(person, hours=hours, now=timezone.now()):
        messages.success(
            request, "You are given no new case for a while. What you have stays yours."
        )
    else:
        messages.success(request, "You are back: cases come to you again.")
    return redirect("account")


@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """Teams in the order in which they are asked, skills, and everybody's seat."""
    person = require(request, Action.TEAMS)
    seats = [
        (one, seat, languages_text(seat.languages), list(seat.skills.all()) if seat.pk else [])
        for one in workers_for(person).order_by("name", "pk")
        for seat in [seat_of(one)]
    ]
    facts = {
        "teams": [(team, takes(team)) for team in teams_for(person)],
        "skills": [(skill, needed(skill)) for skill in skills_for(person)],
        "seats": seats,
    }
    return render(request, "team/teams.html", facts)


def takes(team: Team) -> str:
    """Which cases a team takes, as one would say it."""
    parts = [
        f"on {', '.join(team.networks)}" if team.networks else "",
        f"in {languages_text(team.languages)}" if team.languages else "",
        f"that need {' or '.join(skill.name for skill in team.skills.all())}",
        f"of {PRIORITIES[team.least].lower()} severity and up" if team.least else "",
    ]
    said = [part for part in parts if part and part != "that need "]
    return f"Takes cases {', '.join(said)}" if said else "Takes every case"


def needed(skill: Skill) -> str:
    parts = [
        f"says {', '.join(f'“{word}”' for word in skill.words)}" if skill.words else "",
        f"is about {', '.join(skill.topics)}" if skill.topics else "",
        f"is labelled {', '.join(skill.labels)}" if skill.labels else "",
        f"is on {', '.join(skill.networks)}" if skill.networks else "",
    ]
    said = " or ".join(part for part in parts if part)
    return f"Needed by a case that {said}" if said else "Needed by no case so far"


def _form(request: HttpRequest, form: Form, **facts: Any) -> HttpResponse:
    status = 400 if form.is_bound else 200
    return render(request, "team/form.html", {"form": form, **facts}, status=status)


@require_http_methods(["GET", "POST"])
def team_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = require(request, Action.TEAMS)
    row = get_one_of(teams_for(person), pk) if pk is not None else None
    form = TeamForm(request.POST or None, initial=team_initial(row), person=person)

    def act() -> None:
        save_team(row, by=person, now=timezone.now(), **form.cleaned_data)

    if accepted(form, act):
        messages.success(request, f"{form.cleaned_data['name']} is saved.")
        return redirect("teams")
    return _form(request, form, title=row.name if row else "New team")


@require_POST
def team_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.TEAMS)
    row = get_one_of(teams_for(person), pk)
    remove_team(row, by=person)
    messages.success(request, f"{row.name} is removed; its cases keep their owners.")
    return redirect("teams")


@require_http_methods(["GET", "POST"])
def skill_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = require(request, Action.TEAMS)
    row = get_one_of(skills_for(person), pk) if pk is not None else None
    form = SkillForm(request.POST or None, initial=skill_initial(row))

    def act() -> None:
        save_skill(row, by=person, now=timezone.now(), **form.cleaned_data)

    if accepted(form, act):
        messages.success(request, f"{form.cleaned_data['name']} is saved.")
        return redirect("teams")
    return _form(
        request, form, title=row.name if row else "New skill",
        lead="A case needs the skill where one of these holds.",
    )  # fmt: skip


@require_POST
def skill_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.TEAMS)
    row = get_one_of(skills_for(person), pk)
    remove_skill(row, by=person, now=timezone.now())
    messages.success(request, f"No case needs {row.name} any more.")
    return redirect("teams")


@require_http_methods(["GET", "POST"])
def seat_form(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.TEAMS)
    other = get_one_of(workers_for(person), pk)
    form = SeatForm(request.POST or None, initial=seat_initial(other), person=person)

    def act() -> None:
        save_seat(other, by=person, now=timezone.now(), **form.cleaned_data)

    if accepted(form, act):
        messages.success(request, f"What {other.name} can take is saved.")
        return redirect("teams")
    return _form(request, form, title=other.name)
