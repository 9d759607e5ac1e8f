"""Snippets in the composer: found by key, put in at the cursor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from amends.casework import Action
from amends.desk import actions
from amends.desk.actions import target_for
from amends.desk.actions.snippet_pictures import attach_pictures_of
from amends.desk.models import Case, Responder, Snippet
from amends.desk.queries import get_case_for
from amends.desk.queries.snippets import get_snippet, part_of, parts_on, values_of
from amends.terms import BadInput, NotAllowed
from amends.web.asking import me, require
from amends.web.composer import chosen_mode
from amends.web.views.acts import typed_of
from amends.web.views.cases import draw


def language_of(case: Case, mode: str) -> str:
    """The language of what is answered, "" where it is not known."""
    target = target_for(case, private=mode == "private", closes_out=False)
    return target.lang if target is not None else ""


def reply_mode(typed: dict[str, str]) -> str:
    """Raises ``BadInput`` for a note: what is said to customers has no place in it."""
    mode = chosen_mode(typed)
    if mode == "note":
        raise BadInput("Snippets are parts of replies. Choose a public reply or a private message.")
    return mode


@require_POST
def listing(request: HttpRequest, ref: str) -> HttpResponse:
    """The snippets that fit what was searched for: a part of the case page."""
    case = get_case_for(me(request), ref)
    person = require(request, Action.REPLY)
    typed = typed_of(request.POST)
    mode = reply_mode(typed)
    words = typed.get("snippet_words", "").replace("\0", "")[:100]
    found = parts_on(case, person, language=language_of(case, mode), words=words)
    facts = {"case": case, "parts": found, "words": words}
    rows_only = "rows" in typed
    return render(request, "case/_snippet_rows.html" if rows_only else "case/_snippets.html", facts)


@require_POST
def insert(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a snippet to the end of what is typed, which stays: for browsers without scripts."""
    case = get_case_for(me(request), ref)
    person = require(request, Action.REPLY)
    typed = typed_of(request.POST)
    mode = reply_mode(typed)
    wanted = typed.get("snippet", "")
    row = get_snippet(int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    part = part_of(row, values_of(case, person), language=language_of(case, mode))
    name = f"text_{mode}"
    text = with_more(typed.get(name, "").replace("\r\n", "\n").replace("\0", ""), part.filled.text)
    actions.save_draft(case, mode=mode, text=text, by=person, now=timezone.now())
    error = put_pictures(row, case, mode, person)
    return draw(request, case, typed=typed | {name: text}, error=error)


@require_POST
def attach(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Put a snippet's pictures beside what is being written, which stays as it was typed."""
    case = get_case_for(me(request), ref)
    person = require(request, Action.REPLY)
    typed = typed_of(request.POST)
    mode = reply_mode(typed)
    error = put_pictures(get_snippet(pk), case, mode, person)
    return draw(request, case, typed=typed, error=error)


def put_pictures(row: Snippet, case: Case, mode: str, person: Responder) -> str:
    """The pictures of a snippet go where its text went; why they do not, "" where they do."""
    try:
        attach_pictures_of(row, case, mode=mode, by=person, now=timezone.now())
    except (BadInput, NotAllowed) as error:
        return f"The words are put in, the pictures are not: {error}"
    return ""


def with_more(text: str, more: str) -> str:
    """What was typed, and behind it what is added."""
    return f"{text.rstrip()} {more}" if text.strip() else more
