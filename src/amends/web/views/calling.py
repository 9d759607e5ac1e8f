"""Calls on a case: planned, moved, written down, and given to calendars."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from amends.casework.calls import Began, CallStatus, CallWay
from amends.casework.scheduling import moment_of
from amends.desk.actions import calls
from amends.desk.models import Call, Case, Responder
from amends.desk.papers.calendar import calendar_event
from amends.desk.queries import get_case_for
from amends.desk.queries.doors import NotThere, find_in
from amends.terms import BadInput, written_handle
from amends.web.asking import me
from amends.web.views.privately import number, text_of


def plan(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return calls.plan_call(
        case,
        way=_way(typed),
        starts_at=moment_of(typed.get("starts", ""), by.zone),
        minutes=number(typed, "minutes"),
        place=text_of(typed, "place"),
        about=text_of(typed, "call_about"),
        by=by,
        now=now,
    )


def log(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    call = _call(case, typed) if typed.get("pk") else None
    began = typed.get("began", Began.US)
    return calls.log_call(
        case,
        said=text_of(typed, "said"),
        at=moment_of(typed.get("held_at", ""), by.zone),
        minutes=number(typed, "minutes"),
        way=_way(typed) if call is None else CallWay(call.way),
        began=Began(began) if began in set(Began) else Began.US,
        call=call,
        by=by,
        now=now,
    )


def decide(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    call, decision = _call(case, typed), typed.get("decision", "")
    if decision == "move":
        starts = moment_of(typed.get("starts", ""), by.zone)
        return calls.move_call(call, starts_at=starts, by=by, now=now)
    if decision == "miss":
        return calls.miss_call(call, by=by, now=now)
    if decision == "cancel":
        return calls.cancel_call(call, by=by, now=now)
    raise BadInput("A call is moved, missed or called off.")


def _way(typed: QueryDict) -> CallWay:
    chosen = typed.get("way", "")
    if chosen not in set(CallWay):
        raise BadInput("Choose a telephone call, a video call or a meeting.")
    return CallWay(chosen)


def _call(case: Case, typed: QueryDict) -> Call:
    row = find_in(case, Call, number(typed))
    if row is None:
        raise BadInput("There is no such call in this case; look again, then decide.")
    return row


@require_GET
def download(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A call for a colleague's calendar."""
    case = get_case_for(me(request), ref)
    call = case.calls.filter(pk=pk).first()
    if call is None:
        raise NotThere("There is no such call in this case.")
    first = case.first_post.author
    whom = (first and written_handle(first.handle, first.network)) or "a customer"
    return calendar_file(call, title=f"Call with {whom} ({case.ref})")


def calendar_file(call: Call, *, title: str) -> HttpResponse:
    body = calendar_event(
        name=call.name,
        starts_at=call.starts_at,
        minutes=call.minutes,
        title=title,
        about=call.about,
        place=call.place,
        status=CallStatus(call.status),
        revision=call.revision,
        changed_at=call.at,
    )
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="call.ics"'
    return answer
