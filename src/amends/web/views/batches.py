"""Many cases at once: chosen in the inbox, previewed with their number, done, and undone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from amends.casework import Action
from amends.casework.bulk import MOST, NOBODY, Bulk, check_bulk
from amends.casework.saying import minutes_of
from amends.casework.typed import span_typed
from amends.desk.actions.batches import Done, do_to_many, undo_batch
from amends.desk.models import Case, Responder
from amends.desk.queries import label_names, owners
from amends.desk.queries.batches import chosen_cases, get_batch_for, preview_of
from amends.terms import AmendsError, BadInput
from amends.web.asking import require
from amends.web.manywords import said
from amends.web.middleware import status_of
from amends.web.views.inbox import query_of, read_filter
from amends.web.views.setup_shared import sentence
from amends.web.words import PRIORITIES

KINDS = {
    Bulk.LABEL: "Put on a label",
    Bulk.UNLABEL: "Take off a label",
    Bulk.ASSIGN: "Give them to",
    Bulk.PRIORITY: "Set their priority",
    Bulk.SNOOZE: "Snooze them",
    Bulk.RESOLVE: "Resolve them",
    Bulk.DISMISS: "Dismiss them: no complaints for us",
    Bulk.CLOSE: "Close them without a public close-out",
}
_FIELDS = {
    Bulk.LABEL: "label",
    Bulk.UNLABEL: "label",
    Bulk.ASSIGN: "to",
    Bulk.PRIORITY: "priority",
    Bulk.SNOOZE: "span",
    Bulk.CLOSE: "reason",
}
SHOWN = 20


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Choose what is done to the chosen cases, see to how many, then do it."""
    person = require(request, Action.WORK)
    sent = request.POST
    facts: dict[str, Any] = {}
    try:
        cases = _chosen(person, sent)
        facts = {"cases": cases, "count": len(cases), "shown": cases[:SHOWN]}
        if "kind" in sent:
            kind, value = _wanted(sent)
            if "do" in sent:
                return _do(request, cases, kind, value)
            facts |= {"preview": preview_of(kind, value, cases), "says": said(kind, value)}
    except AmendsError as error:
        status = status_of(error)
        return _page(request, facts | {"error": sentence(error)}, status=status)
    return _page(request, facts)


def _page(request: HttpRequest, facts: dict[str, Any], *, status: int = 200) -> HttpResponse:
    sent = request.POST
    filters = read_filter(QueryDict(sent.get("query", "")[:2_000]))
    facts |= {
        "kinds": KINDS, "kind": sent.get("kind", "label"), "typed": sent, "owners": owners(),
        "labels": label_names(), "priorities": PRIORITIES, "nobody": NOBODY, "most": MOST,
        "refs": _refs(sent, facts.get("cases")), "query": query_of(filters),
    }  # fmt: skip
    return render(request, "inbox/many.html", facts, status=status)


def _refs(sent: QueryDict, cases: list[Case] | None) -> list[str]:
    """The cases by name from here on: what opens meanwhile was not previewed, and is not changed."""
    if cases is not None:
        return [case.ref for case in cases]
    return sent.getlist("ref")[: MOST + 1]


def _chosen(person: Responder, sent: QueryDict) -> list[Case]:
    """Those whose boxes are ticked; with ``all`` every case under the filter that was shown."""
    if sent.get("all"):
        wanted = read_filter(QueryDict(sent.get("query", "")[:2_000]))
        return chosen_cases(person, wanted=wanted)
    refs = [ref.replace("\0", "")[:16] for ref in sent.getlist("ref")]
    return chosen_cases(person, refs=refs)


def _wanted(sent: QueryDict) -> tuple[Bulk, str]:
    """What shall be done. Raises ``BadInput``."""
    name = sent.get("kind", "")
    if name not in set(Bulk):
        raise BadInput("Choose what is done to the cases.")
    kind = Bulk(name)
    value = str(sent.get(_FIELDS.get(kind, ""), "")).replace("\0", "")
    if kind is Bulk.SNOOZE:
        value = str(minutes_of(span_typed(value)))
    return kind, check_bulk(kind, value)


def _do(request: HttpRequest, cases: list[Case], kind: Bulk, value: str) -> HttpResponse:
    person = require(request, Action.WORK)
    done = do_to_many(cases, kind=kind, value=value, by=person, now=timezone.now())
    messages.success(request, f"{_cases(done.changed)} {said(kind, value)}.{_left(done)}")
    filters = read_filter(QueryDict(request.POST.get("query", "")[:2_000]))
    return redirect(f"/inbox/?{query_of(filters)}")


def _cases(number: int) -> str:
    return "1 case was" if number == 1 else f"{number:,} cases were"


def _left(done: Done) -> str:
    left = sum(count for _, count in done.left)
    if not left:
        return ""
    return f" {left:,} stayed as they are: {' '.join(dict.fromkeys(why for why, _ in done.left))}"


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring back what nobody changed since."""
    person = require(request, Action.WORK)
    batch = get_batch_for(person, pk)
    try:
        done = undo_batch(batch, by=person, now=timezone.now())
    except AmendsError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, f"{_cases(done.changed)} brought back.{_left(done)}")
    return redirect("inbox")
