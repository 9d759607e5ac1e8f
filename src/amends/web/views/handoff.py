"""The private page that a hand-off link opens: for customers, without an account.

It shows what was written on it and nothing else of the case, to whoever holds its seat alone.
"""

import secrets
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends.casework.handoff import LONGEST_MESSAGE, answer_lines
from amends.casework.typed import windows_text
from amends.desk.actions.handoffs import Left, say, take_seat
from amends.desk.models import Handoff, IntakePage, PostRow, Survey
from amends.desk.queries.clocks import hours_of
from amends.desk.queries.doors import NotThere
from amends.desk.queries.handoffs import (
    calls_of,
    closed_words,
    find_handoff,
    holds_seat,
    is_proven,
    letters_of,
    page_of,
    token_of,
    words_of,
)
from amends.desk.queries.surveys import link_of_survey, open_survey
from amends.desk.workers.hooks import reading_of
from amends.terms import BadInput, NotAllowed
from amends.web.languages import (
    LANGUAGES,
    back_said,
    moment_said,
    speak_as,
    spoken,
    switches,
    windows_said,
)
from amends.web.outside import within
from amends.web.views.calling import calendar_file
from amends.web.views.handoff_form import IntakeForm
from amends.web.views.letters import letter_file

SEAT: Final = "amends_page"
_DAYS_30_S: Final = 30 * 24 * 3600
_MOST_GUESSES, _MOST_WORDS, _WINDOW_S = 60, 20, 15 * 60


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link: what it asks at first, what both sides wrote from then on."""
    handoff = _found(request, token)
    if isinstance(handoff, HttpResponse):
        return handoff
    if request.method == "POST" and not switches(request):
        return _written(request, handoff)
    typed = request.POST.dict() | {"attempt": ""}
    form = IntakeForm(page_of(handoff.case.brand), initial=typed, seated=_seated(request, handoff))
    return _draw(request, handoff, form)


def _found(request: HttpRequest, token: str) -> Handoff | HttpResponse:
    """The hand-off, or the answer that says why not: the same for all that lead nowhere.

    Only what leads nowhere is counted: many customers may come by one proxy, and a page that is open
    asks again every few seconds.
    """
    try:
        handoff = find_handoff(token)
    except NotThere as error:
        peer = request.META.get("REMOTE_ADDR", "")
        if within("page-guess", peer, most=_MOST_GUESSES, window_s=_WINDOW_S):
            return _closed(request, str(error), 404)
        return _closed(request, _("That was a lot at once. Wait a quarter of an hour."), 429)
    speak_as(request, handoff.case)
    why = closed_words(handoff, now=timezone.now())
    return _closed(request, why, 410, handoff=handoff) if why else handoff


def _closed(
    request: HttpRequest, sentence: str, status: int, *, handoff: Handoff | None = None
) -> HttpResponse:
    facts: dict[str, Any] = {"sentence": _(sentence), "languages": LANGUAGES}
    if handoff is not None:
        facts |= _reaching(page_of(handoff.case.brand)) | {"brand": handoff.case.brand}
    return render(request, "handoff/closed.html", facts, status=status)


def _nothing(request: HttpRequest) -> HttpResponse:
    """The same for what is not there and for what is somebody else's, in their language."""
    why = _("There is no such page. Look whether the link was copied whole.")
    return _closed(request, why, 404)


def _seated(request: HttpRequest, handoff: Handoff) -> bool:
    return holds_seat(handoff, request.COOKIES.get(SEAT, ""))


def _written(request: HttpRequest, handoff: Handoff) -> HttpResponse:
    """Take what was typed; a refusal keeps it."""
    seated = _seated(request, handoff)
    form = IntakeForm(page_of(handoff.case.brand), request.POST, seated=seated)
    peer = request.META.get("REMOTE_ADDR", "")
    try:
        if not within("page-words", peer, token_of(handoff), most=_MOST_WORDS, window_s=_WINDOW_S):
            raise NotAllowed(
                _("That was a lot at once. Wait a quarter of an hour, then send it again.")
            )
        if not form.is_valid():
            return _draw(request, handoff, form, status=400)
        secret = _take(handoff, form, seated=seated)
    except (BadInput, NotAllowed) as error:
        form.add_error(None, _(str(error)))
        return _draw(request, handoff, form, status=400 if isinstance(error, BadInput) else 403)
    response = redirect("page", token_of(handoff))
    return _give_seat(response, handoff, secret) if secret else response


def _take(handoff: Handoff, form: IntakeForm, *, seated: bool) -> str:
    """Store it; the secret of whoever has the page from now on, where nobody had it."""
    message = form.cleaned_data["message"]
    answers = {} if seated else form.answers()
    reading, threshold = reading_of(message, handoff.case.brand)
    left = Left(
        message=message,
        reading=reading,
        threshold=threshold,
        attempt=form.cleaned_data["attempt"],
        answers=answers,
    )
    if seated:
        say(handoff, left, now=timezone.now())
        return ""
    secret = secrets.token_urlsafe(24)
    take_seat(handoff, left, secret=secret, now=timezone.now())
    return secret


def _give_seat(response: HttpResponse, handoff: Handoff, secret: str) -> HttpResponse:
    response.set_cookie(
        SEAT,
        secret,
        max_age=_DAYS_30_S,
        path=f"/h/{token_of(handoff)}/",
        httponly=True,
        samesite="Lax",
        secure=settings.AMENDS_PUBLIC_ADDRESS.startswith("https://"),
    )
    return response


def _draw(
    request: HttpRequest, handoff: Handoff, form: IntakeForm, *, status: int = 200
) -> HttpResponse:
    page = page_of(handoff.case.brand)
    seated = _seated(request, handoff)
    facts = {
        "brand": handoff.case.brand,
        "page": page,
        "form": form,
        "token": token_of(handoff),
        "seated": seated,
        "taken": handoff.claimed_at is not None and not seated,
        "attempt": form.data.get("attempt") or secrets.token_hex(8),
        "longest": LONGEST_MESSAGE,
        "expires_at": handoff.expires_at,
        "languages": LANGUAGES,
    }
    facts |= _reaching(page)
    if seated:
        facts |= _thread(handoff)
        back = f"{settings.AMENDS_PUBLIC_ADDRESS}/h/{token_of(handoff)}/back/"
        facts["back"] = f"{back}{request.COOKIES[SEAT]}/"
    return render(request, "handoff/page.html", facts, status=status)


def _thread(handoff: Handoff) -> dict[str, Any]:
    page = page_of(handoff.case.brand)
    zone = page.hours.zone if page.hours else "UTC"
    calls = [(one, moment_said(one.starts_at, zone), zone) for one in calls_of(handoff)]
    proven = is_proven(handoff)
    return {
        "brand": handoff.case.brand,
        "words": _words(handoff),
        "proven": proven,
        "letters": list(letters_of(handoff)) if proven else [],
        "code": handoff.code,
        "calls": calls,
        "survey": link_of_survey(asked) if (asked := _asked(handoff)) else "",
    }


def _words(handoff: Handoff) -> list[tuple[PostRow, str]]:
    """What both sides wrote. What the customer filled in at first, which their message begins with,
    is named in the language of the page, as in its form; colleagues read it as it was set up."""
    kept = answer_lines(handoff.answers)
    named = answer_lines((_(label), said) for label, said in handoff.answers)
    found = []
    for post in words_of(handoff):
        first = not post.ours and post.text.startswith(kept)
        found.append((post, named + post.text.removeprefix(kept) if first else post.text))
    return found


def _asked(handoff: Handoff) -> Survey | None:
    """The open question how we did: shown to whoever is known to be the customer."""
    return open_survey(handoff.case, now=timezone.now()) if is_proven(handoff) else None


def _reaching(page: IntakePage) -> dict[str, Any]:
    """The telephone and the e-mail address, with when somebody is there."""
    hours = hours_of(page.hours) if page.hours else None
    return {
        "phone": page.phone,
        "phone_link": "".join(sign for sign in page.phone if sign in "+0123456789"),
        "mail": page.mail,
        "hours": windows_said(windows_text(hours.windows)).replace("\n", ", ") if hours else "",
        "zone": hours.zone if hours else "",
        "back_at": back_said(hours, now=timezone.now()) if hours else "",
    }


@login_not_required
@require_safe
@spoken
def thread(request: HttpRequest, token: str) -> HttpResponse:
    """What was written so far: a part of the page, for whoever has it."""
    handoff = _found(request, token)
    if isinstance(handoff, HttpResponse):
        return HttpResponse(status=204)
    if not _seated(request, handoff):
        raise NotThere("There is no such page.")
    return render(request, "handoff/_thread.html", _thread(handoff) | {"token": token})


@login_not_required
@require_safe
@spoken
def back(request: HttpRequest, token: str, secret: str) -> HttpResponse:
    """The customer's own address: gives another browser of theirs the page."""
    handoff = _found(request, token)
    if isinstance(handoff, HttpResponse):
        return handoff
    response = redirect("page", token_of(handoff))
    return _give_seat(response, handoff, secret) if holds_seat(handoff, secret) else response


@login_not_required
@require_safe
@spoken
def call(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """A call for the customer's calendar."""
    handoff = _found(request, token)
    if isinstance(handoff, HttpResponse):
        return handoff
    found = calls_of(handoff).filter(name=name).first() if _seated(request, handoff) else None
    if found is None:
        return _nothing(request)
    return calendar_file(found, title=_("Call with %(name)s") % {"name": handoff.case.brand.name})


@login_not_required
@require_safe
@spoken
def letter(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A letter that was sent to this page, for whoever is proven to be the customer."""
    handoff = _found(request, token)
    if isinstance(handoff, HttpResponse):
        return handoff
    found = letters_of(handoff).filter(pk=pk).first() if _seated(request, handoff) else None
    if found is None or not is_proven(handoff):
        return _nothing(request)
    return letter_file(found)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Nothing here is for an index."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
