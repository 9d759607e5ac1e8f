"""The outbox: what waits to go out, and the switch that stops it."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from amends.casework import Action, ReplyStatus
from amends.casework.scheduling import said_there
from amends.desk import actions
from amends.desk.actions.stopping import get_stop
from amends.desk.models import ChannelRow, OutgoingReply, Responder
from amends.desk.queries.stops import outbox_for, past_stops, stoppable, stops_in_force
from amends.terms import AmendsError, BadInput
from amends.web.asking import me, require
from amends.web.middleware import status_of
from amends.web.words import status_words

_PARTS = {
    "paused": "Held back by a stop",
    "trouble": "Needs a person",
    "held": "Waiting for approval",
    "later": "For later",
    "going": "On its way",
}


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    return _page(request, require(request, Action.SEE_CASES))


def _page(
    request: HttpRequest,
    person: Responder,
    *,
    ticked: Collection[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """``ticked``: what was chosen where that was refused, by the ids of replies."""
    stops = stops_in_force()
    stopped = {one.channel_id for one in stops}
    parts = _parts(person, ticked)
    held_back = next((rows for name, _, rows in parts if name == "paused"), [])
    waiting = sum(bool(row["stopped"]) for row in held_back)
    facts = {
        "parts": parts,
        "stopped": waiting,
        "releasable": len(held_back) - waiting,
        "stops": stops,
        "everything_stopped": None in stopped,
        "free": [one for one in stoppable() if one.pk not in stopped],
        "past": past_stops(now=timezone.now()),
        "zone": person.zone,
    }
    return render(request, "outbox/outbox.html", facts, status=status)


def _parts(
    person: Responder, ticked: Collection[str] | None = None
) -> list[tuple[str, str, list[dict[str, object]]]]:
    """The rows by what they wait for, without what is empty."""
    found: dict[str, list[dict[str, object]]] = {name: [] for name in _PARTS}
    for reply in outbox_for(person):
        overtaken = getattr(reply, "overtaken", False)
        found[_part_of(reply)].append(
            {
                "reply": reply,
                "words": status_words(reply, zone=person.zone),
                "overtaken": overtaken,
                "stopped": getattr(reply, "stopped", False),
                "ticked": not overtaken if ticked is None else str(reply.pk) in ticked,
                "goes": said_there(reply.goes_at, person.zone) if reply.goes_at else "",
            }
        )
    return [(name, _PARTS[name], rows) for name, rows in found.items() if rows]


def _part_of(reply: OutgoingReply) -> str:
    if reply.status == ReplyStatus.PAUSED:
        return "paused"
    if reply.status in {ReplyStatus.NOT_KNOWN, ReplyStatus.FAILED}:
        return "trouble"
    if reply.status == ReplyStatus.HELD:
        return "held"
    later = reply.goes_at is not None and reply.goes_at > timezone.now()
    return "later" if later and reply.status == ReplyStatus.READY else "going"


@require_GET
def banner(request: HttpRequest) -> HttpResponse:
    """What every page says while something is stopped; pages ask for it anew by themselves."""
    me(request)
    return render(request, "parts/_stops.html")


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop one account, or all: from now on nothing goes out."""
    person = require(request, Action.STOP)
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        channel = _channel(request.POST.get("channel", ""))
        actions.stop_sending(channel, reason=reason, by=person, now=timezone.now())
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        what = str(channel) if channel else "any account"
        messages.success(request, f"Nothing goes out on {what} until somebody lifts the stop.")
    return _back(request)


def _channel(sent: str) -> ChannelRow | None:
    """The account that is meant; None for all of them. Raises ``BadInput``."""
    if sent == "all":
        return None
    for one in stoppable():
        if str(one.pk) == sent:
            return one
    raise BadInput("Choose an account from the list, or all of them.")


@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let new replies go out again."""
    person = require(request, Action.STOP)
    try:
        count = actions.lift_stop(get_stop(pk), by=person, now=timezone.now())
    except AmendsError as error:
        messages.error(request, str(error))
        return _back(request)
    said = "Sending goes on."
    if count or any(True for name, *_ in _parts(person) if name == "paused"):
        said += " What was held back waits in the outbox until somebody confirms it."
    messages.success(request, said)
    return redirect("outbox")


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Confirm that replies which a stop held back still go out."""
    person = require(request, Action.REPLY)
    wanted = set(request.POST.getlist("reply"))
    seen = [one for one in outbox_for(person) if str(one.pk) in wanted]
    try:
        gone, kept = actions.release_replies(seen, by=person, now=timezone.now())
    except AmendsError as error:
        messages.error(request, str(error))
        return _page(request, person, ticked=wanted, status=status_of(error))
    if not seen:
        messages.error(request, "Choose the replies that still go out.")
    for why, count in kept:
        messages.warning(request, f"{count} kept back. {why}")
    if not gone:
        return _page(request, person, ticked=wanted, status=400)
    messages.success(request, f"{gone} {'reply goes' if gone == 1 else 'replies go'} out now.")
    return redirect("outbox")


def _back(request: HttpRequest) -> HttpResponse:
    """To the page it was asked from."""
    me(request)
    there = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(there if safe and there.startswith("/") else "outbox")
