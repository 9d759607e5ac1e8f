"""Going somewhere, or doing something with the open case, by typing its name."""

import re
from typing import Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from amends.casework import Action, Role, may
from amends.desk.models import Responder
from amends.desk.queries import find_cases
from amends.web.asking import me

VERBS: Final = (
    {"key": "o", "id": "hand-over", "icon": "hand-over", "words": "Hand over"},
    {"key": "a", "id": "case-actions", "icon": "person", "words": "Assign"},
    {"key": "l", "id": "case-actions", "icon": "tag", "words": "Label"},
    {"key": "z", "id": "case-actions", "icon": "clock", "words": "Snooze"},
)
"""Menus of the case page, by the key that opens them."""
_CASE: Final = re.compile(r"/cases/(\w{1,16})/")


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "")[:100]
    person, here = me(request), _here(request)
    facts = {
        "words": words,
        "cases": find_cases(person, words),
        "here": here,
        "verbs": _verbs(person, words) if here else [],
    }
    return render(request, "parts/_palette.html", facts)


def _here(request: HttpRequest) -> str:
    """The case on the page that asks, which htmx names; "" elsewhere."""
    try:
        path = urlsplit(request.headers.get("HX-Current-URL", "")).path
    except ValueError:
        return ""
    found = _CASE.fullmatch(path)
    return found[1] if found else ""


def _verbs(person: Responder, words: str) -> list[dict[str, str]]:
    if not may(Role(person.role), Action.WORK):
        return []
    return [verb for verb in VERBS if words.casefold() in verb["words"].casefold()]
