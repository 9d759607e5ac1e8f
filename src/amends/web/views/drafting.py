"""Help with writing: the parts of a reply, questions worth asking, drafts, translations."""

import asyncio
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from amends.casework import Action, open_questions, outline
from amends.casework.fault import Fault
from amends.desk.actions import target_for
from amends.desk.actions.drafting import endpoint_in_force, propose, translate
from amends.desk.drafts import Endpoint, complete
from amends.desk.drafts.prompts import Messages
from amends.desk.models import Case, PostRow, Responder
from amends.desk.queries import get_case_for
from amends.desk.queries.doors import NotThere
from amends.outbound import Outbound
from amends.terms import BadInput
from amends.web.asking import me, require
from amends.web.composer import chosen_mode
from amends.web.guarding import shown
from amends.web.views.acts import typed_of

PATIENCE_S = 60.0


def ask(endpoint: Endpoint, messages: Messages) -> str:
    """Ask and wait; a view runs in a thread of its own. Raises ``BadInput``."""

    async def once() -> str:
        outbound = Outbound(allow=settings.AMENDS.allow_hosts, timeout=PATIENCE_S)
        try:
            return await complete(outbound, endpoint, messages)
        finally:
            await outbound.aclose()

    return asyncio.run(once())


@require_POST
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """What a reply is made of; with ``drafts`` three of them, and what the guard says of each."""
    case = get_case_for(me(request), ref)
    person = require(request, Action.REPLY)
    typed = typed_of(request.POST)
    mode = chosen_mode(typed)
    private = mode == "private"
    facts = _help(case, person, private=private) | {"case": case, "mode": mode}
    if "drafts" in typed:
        closes_out = not private and bool(typed.get("closes_out"))
        try:
            found = propose(case, private=private, closes_out=closes_out, by=person, ask=ask)
        except BadInput as error:
            facts["error"] = str(error)
        else:
            facts |= {
                "drafts": [(one.text, shown(one)) for one in found.drafts],
                "redacted": found.redacted,
            }
    if "translate" in typed:
        facts |= _translated(case, person, typed.get(f"text_{mode}", ""), facts["theirs"])
    return render(request, "case/_help.html", facts)


def _help(case: Case, person: Responder, *, private: bool) -> dict[str, Any]:
    target = target_for(case, private=private, closes_out=False)
    parts = outline(
        fault=Fault(case.fault) if case.fault else None,
        public=not private,
        contact_route=case.brand.contact_route,
        initials=person.signature.removeprefix("^"),
    )
    questions = open_questions(target.text) if target is not None else ()
    theirs = (target.lang or "") if target is not None else ""
    on = endpoint_in_force() is not None
    return {"parts": parts, "questions": questions, "theirs": theirs, "on": on}


def _translated(case: Case, person: Responder, text: str, language: str) -> dict[str, Any]:
    try:
        said = translate(text, language=language or "en", case=case, by=person, ask=ask)
    except BadInput as error:
        return {"error": str(error)}
    return {"translation": said}


@require_POST
def translation(request: HttpRequest, ref: str) -> HttpResponse:
    """A post of the case in the language of the desk: a part of the case page."""
    case = get_case_for(me(request), ref)
    person = require(request, Action.SEE_CASES)
    wanted = request.POST.get("post", "")
    posts = PostRow.objects.filter(place__case=case)
    post = posts.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None
    if post is None:
        raise NotThere("That post is not in this case.")
    language = request.POST.get("to", "")[:8] or "en"
    try:
        facts = {"said": translate(post.text, language=language, case=case, by=person, ask=ask)}
    except BadInput as error:
        facts = {"error": str(error)}
    return render(request, "case/_translation.html", facts)
