"""What every page knows: who is there, where they may go, how they like it."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from amends.casework import Action, Role, may
from amends.desk.models import Responder
from amends.desk.queries.stops import stops_in_force
from amends.desk.queries.together import heads_ups_unseen
from amends.web.asking import can, who

NAV = (
    ("inbox", "Inbox", Action.SEE_CASES),
    ("heads-ups", "Heads-ups", Action.SEE_CASES),
    ("heard", "Heard", Action.SEE_HEARD),
    ("outbox", "Outbox", Action.SEE_CASES),
    ("claims", "Follow-up", Action.SEE_CASES),
    ("listening", "Listening", Action.SEE_HEARD),
    ("load", "Team", Action.TEAMS),
    ("training", "Training", Action.SEE_CASES),
    ("setup", "Set-up", Action.SET_UP),
    ("people", "People", Action.PEOPLE),
)
ALSO = {"inbox": ("/cases/",), "claims": ("/owed/", "/friends/", "/satisfaction/")}
"""What else belongs to a page of the navigation."""
THEMES = ("system", "light", "dark")
THEME_COOKIE = "amends_theme"
KEYS_COOKIE = "amends_keys"


def desk(request: HttpRequest) -> dict[str, Any]:
    """For every template: ``me``, ``nav``, ``can``, ``theme``, ``keys_on`` and ``stops``."""
    theme = request.COOKIES.get(THEME_COOKIE, "system")
    facts: dict[str, Any] = {
        "theme": theme if theme in THEMES else "system",
        "keys_on": request.COOKIES.get(KEYS_COOKIE) != "off",
        "me": None,
        "nav": [],
        "can": {},
    }
    person = who(request)
    if person is not None:
        facts |= {"me": person, "nav": _nav(request, person), "can": can(person)}
        facts["unseen"] = SimpleLazyObject(lambda: heads_ups_unseen(person))
        facts["stops"] = stops_in_force  # asked for where a template shows it
    return facts


@cache
def _address(name: str) -> str:
    """Where a page of the navigation is; "" where it is not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _nav(request: HttpRequest, person: Responder) -> list[dict[str, object]]:
    items = []
    for name, label, action in NAV:
        url = _address(name)
        if url and may(Role(person.role), action):
            here = request.path.startswith((url, *ALSO.get(name, ())))
            items.append({"name": name, "label": label, "url": url, "here": here})
    return items
