"""How this desk reads: what was learnt from its corrections, which head is in force, and the rules."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from amends.casework import Action
from amends.casework.correcting import LEAST, LEAST_OF_EACH
from amends.desk.actions.reading_rules import put_in_force, save_reading_rules
from amends.desk.models import LearntHead, Responder
from amends.desk.queries import owners
from amends.desk.queries.corrections import counts
from amends.desk.queries.reading_rules import heads_for, rules_before, rules_in_force
from amends.terms import BadInput, NotAllowed
from amends.web.asking import require
from amends.web.readingpage import LABELS
from amends.web.views.setup_shared import reader_name

KINDS = {"complaint": "Complaint or none", "severity": "Severity", "sentiment": "Sentiment"}


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The heads with what each is worth, and the rules; a POST saves the rules."""
    person = require(request, Action.SET_UP)
    if request.method == "POST":
        try:
            save_reading_rules(
                hand_up_to=_chosen(request), vulnerable="vulnerable" in request.POST, by=person,
                now=timezone.now(),
            )  # fmt: skip
        except (BadInput, NotAllowed) as error:
            return _draw(request, person, error=str(error))
        messages.success(request, "Posts are read by these rules from now on.")
        return redirect("reading")
    return _draw(request, person)


def _chosen(request: HttpRequest) -> Responder | None:
    wanted = request.POST.get("hand_up_to", "")
    found = next((one for one in owners() if str(one.pk) == wanted), None)
    if wanted and found is None:
        raise BadInput("Choose a colleague from the list.")
    return found


@require_POST
def force(request: HttpRequest) -> HttpResponse:
    """Put a head in force, or with an empty ``head`` the reader alone."""
    person = require(request, Action.SET_UP)
    wanted = request.POST.get("head", "")
    head = LearntHead.objects.filter(folder=wanted).first() if wanted else None
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        if wanted and head is None:
            raise BadInput("There is no such head. Look again at the list.")
        put_in_force(head, reader=reader_name(), reason=reason, by=person, now=timezone.now())
    except BadInput as error:
        return _draw(request, person, error=str(error), typed={"head": wanted, "reason": reason})
    name = head.folder if head else "The reader alone"
    messages.success(
        request,
        f"{name} is in force. Listening begins anew with it within seconds; nothing is lost.",
    )
    return redirect("reading")


def _draw(
    request: HttpRequest, person: Responder, *, error: str = "", typed: dict[str, str] | None = None
) -> HttpResponse:
    rules = rules_in_force()
    reader = reader_name()
    facts: dict[str, Any] = {
        "rules": rules,
        "reader": reader,
        "heads": [(one, _kinds(one), one.reader == reader) for one in heads_for(person)],
        "fits": rules.head is None or rules.head.reader == reader,
        "versions": rules_before(person),
        "owners": owners(),
        "counted": _counted(),
        "least": LEAST,
        "least_of_each": LEAST_OF_EACH,
        "refused": error,
        "typed": typed or {},
    }
    return render(request, "setup/reading.html", facts, status=400 if error else 200)


def _kinds(head: LearntHead) -> list[dict[str, Any]]:
    """A line for each kind that was learnt."""
    return [
        one | {"title": KINDS[one["kind"]], "low": one["change"][0], "high": one["change"][1]}
        for one in head.figures["kinds"]
    ]


def _counted() -> list[tuple[str, int, list[tuple[str, int]]]]:
    """How many posts were called what, by kind."""
    found = counts()
    return [
        (
            title,
            sum(found.get(kind, {}).values()),
            [(word, found.get(kind, {}).get(said, 0)) for said, word in LABELS[kind].items()],
        )
        for kind, title in KINDS.items()
    ]
