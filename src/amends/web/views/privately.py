"""Taking a case private: links made, proven and closed. Each verb is one address."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_POST

from amends.casework import Action
from amends.desk.actions import handoffs
from amends.desk.models import Case, Responder
from amends.desk.queries import get_case_for
from amends.desk.queries.handoffs import link_of, page_in
from amends.terms import BadInput
from amends.web.asking import me, require
from amends.web.privatepage import invitation


def make(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:  # noqa: ARG001
    return handoffs.make_handoff(case, by=by, now=now)


def decide(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    row = page_in(case, number(typed))
    decision = typed.get("decision", "")
    if row is not None and decision == "end":
        return handoffs.end_handoff(row, by=by, now=now)
    if row is not None and decision == "prove":
        return handoffs.prove_handoff(row, by=by, now=now)
    raise BadInput("There is no such page in this case; look again, then decide.")


def number(typed: QueryDict, name: str = "pk") -> int:
    """The number a form names a row by; 0 where it names none."""
    sent = typed.get(name, "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 18 else 0


def text_of(typed: QueryDict, name: str) -> str:
    """What was typed, with the lines' ends as we keep them."""
    return typed.get(name, "").replace("\0", "").replace("\r\n", "\n")


@require_POST
def link(request: HttpRequest, ref: str) -> HttpResponse:
    """The words with the link, for the composer: the case's open link, or a new one."""
    case = get_case_for(me(request), ref)
    person = require(request, Action.REPLY)
    made = handoffs.make_handoff(case, by=person, now=timezone.now())
    return HttpResponse(invitation(case, link_of(made)), content_type="text/plain; charset=utf-8")
