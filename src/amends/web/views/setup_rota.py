"""Set-up of the rota: who is there when, who is away, and where nobody is."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from amends.casework import Action
from amends.casework.hours import DAYS, zone_named
from amends.casework.rota import Duty
from amends.desk.actions.timing import add_absence, add_turns, remove_absence, remove_turn
from amends.desk.models import Responder
from amends.desk.queries.clocks import Gap, rota_gaps
from amends.desk.queries.timing import absences_for, get_one_of, hours_for, turns_for
from amends.web.asking import require
from amends.web.views.setup_clock_forms import AbsenceForm, TurnForm, zone_options, zones
from amends.web.views.setup_shared import accepted

MOST_GAPS = 20


@require_http_methods(["GET", "POST"])
def rota(request: HttpRequest) -> HttpResponse:
    """The rota of the week with its gaps; a post adds turns or, with ``away``, an absence."""
    person = require(request, Action.SET_UP)
    away = "away" in request.POST
    last = _last(request.GET)
    turn = TurnForm(request.POST if request.POST and not away else None, initial=last)
    absence = AbsenceForm(request.POST if away else None, auto_id="away_%s", initial=last)
    if away and accepted(absence, lambda: add_absence(by=person, **absence.cleaned_data)):
        messages.success(request, f"{absence.cleaned_data['person']} is away on these days.")
        return _next(absence)
    if not away and accepted(turn, lambda: _add(turn, person)):
        messages.success(request, f"{turn.cleaned_data['person']} is on the rota.")
        return _next(turn)
    refused = turn.is_bound or absence.is_bound
    facts = _facts(person, turn, absence)
    return render(request, "setup/rota.html", facts, status=400 if refused else 200)


def _next(done: Form) -> HttpResponse:
    """The page again, with whom, which duty and which zone it was about: a week takes several turns,
    and the next of somebody is not to fall to the first of the list."""
    kept = {"person": done.cleaned_data["person"].pk}
    kept |= {
        name: done.cleaned_data[name] for name in ("duty", "zone") if name in done.cleaned_data
    }
    return redirect(f"{reverse('rota')}?{urlencode(kept)}")


def _last(sent: QueryDict) -> dict[str, str]:
    """What ``_next`` kept, as far as it makes sense."""
    makes_sense = {
        "person": str.isdecimal,
        "duty": set(Duty).__contains__,
        "zone": zones().__contains__,
    }
    typed = {name: str(sent.get(name, "")) for name in makes_sense}
    return {name: said for name, said in typed.items() if makes_sense[name](said)}


def _add(turn: TurnForm, person: Responder) -> None:
    typed = dict(turn.cleaned_data)
    typed["duty"] = Duty(typed["duty"])
    add_turns(by=person, **typed)


def _facts(person: Responder, turn: Form, absence: Form) -> dict[str, Any]:
    found = rota_gaps(now=timezone.now())
    turns = list(turns_for(person))
    return {
        "turn": turn,
        "absence": absence,
        "zones": zone_options(),
        "days": [(day, [one for one in turns if one.day == n]) for n, day in enumerate(DAYS)],
        "turns": len(turns),
        "absences": absences_for(person),
        "checked": hours_for(person).exclude(cover="").exists(),
        "gaps": [(gap.hours, gap_words(gap)) for gap in found[:MOST_GAPS]],
        "more": max(0, len(found) - MOST_GAPS),
    }


def gap_words(gap: Gap) -> str:
    """``Wednesday 25 November, 13:00 to 17:00``, by the clock of the hours' zone."""
    zone = zone_named(gap.hours.zone)
    start, end = (moment.astimezone(zone) for moment in gap.span)
    until = f"{end:%H:%M}" if _same_day(start, end) else f"{end:%A %-d %B, %H:%M}"
    return f"{start:%A %-d %B, %H:%M} to {until}"


def _same_day(start: datetime, end: datetime) -> bool:
    return start.date() == end.date() and start.astimezone(UTC) < end.astimezone(UTC)


@require_POST
def turn_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_one_of(turns_for(person), pk)
    remove_turn(row, by=person)
    messages.success(request, f"That turn of {row.person} is off the rota.")
    return redirect("rota")


@require_POST
def absence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_one_of(absences_for(person), pk)
    remove_absence(row, by=person)
    messages.success(request, f"{row.person} is there on these days after all.")
    return redirect("rota")
