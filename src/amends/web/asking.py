"""Who asks, and for what."""

from django.http import HttpRequest, QueryDict

from amends.casework import Action, Role, check_may, may
from amends.desk.models import Responder
from amends.terms import NotAllowed


def me(request: HttpRequest) -> Responder:
    """The person who asks. Raises ``NotAllowed`` where nobody is signed in."""
    person = who(request)
    if person is None:
        raise NotAllowed("Sign in first.")
    return person


def who(request: HttpRequest) -> Responder | None:
    """The person who asks; None where nobody is signed in."""
    asking = getattr(request, "user", None)
    if not isinstance(asking, Responder):
        return None
    # Django hands out a stand-in, by which everything that is asked of them would go twice.
    person: Responder = getattr(asking, "_wrapped", asking)
    return person


def require(request: HttpRequest, action: Action) -> Responder:
    """The person who asks, where their role may do this. Raises ``NotAllowed``."""
    person = me(request)
    check_may(Role(person.role), action)
    return person


def can(person: Responder) -> dict[str, bool]:
    """What a person may do, by the name of the action: for templates (``can.reply``)."""
    return {action.name.lower(): may(Role(person.role), action) for action in Action}


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; going back in history asks for a whole one."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
        and request.headers.get("HX-Boosted") != "true"
    )


def text_of(typed: QueryDict, name: str) -> str:
    """What a field held, without what no database keeps and with plain line ends."""
    return typed.get(name, "").replace("\0", "").replace("\r\n", "\n")


def number_of(typed: QueryDict, name: str = "pk") -> int:
    """The number of an object that a form names; 0, which nothing has, for what is none."""
    sent = typed.get(name, "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 18 else 0
