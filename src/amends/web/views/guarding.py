"""What the guard says while one types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from amends.casework import Action
from amends.connectors.registry import traits_of
from amends.desk.actions import channel_for
from amends.desk.queries import get_case_for
from amends.terms import BadInput
from amends.web.asking import me, require
from amends.web.composer import chosen_mode, guarded, signed
from amends.web.views.acts import typed_of

_ROOM = 4  # times what the network takes: more than that is not looked at while it is typed


@require_POST
def look(request: HttpRequest, ref: str) -> HttpResponse:
    """The findings of what stands in the composer: a part of the case page."""
    case = get_case_for(me(request), ref)
    person = require(request, Action.REPLY)
    typed = typed_of(request.POST)
    mode = chosen_mode(typed)
    if mode == "note":
        raise BadInput("The guard reads no notes: they never go out.")
    channel = channel_for(case, private=mode == "private")
    text = typed.get(f"text_{mode}", "").replace("\r\n", "\n").strip()
    anyway = typed.get(f"anyway_{mode}", "")
    facts: dict[str, object] = {"case": case, "found": None, "mode": mode, "anyway": anyway}
    if text and channel is not None:
        private, traits = mode == "private", traits_of(channel.network)
        most = _ROOM * (traits.message_limit if private else traits.limit)
        text = signed(text[:most], person) if typed.get("sign") else text[:most]
        closes_out = not private and bool(typed.get("closes_out"))
        kind = {"closes_out": closes_out, "invites": bool(typed.get("invites"))}
        facts["found"] = guarded(case, text, channel=channel, private=private, by=person, **kind)
    return render(request, "case/_guard.html", facts)
