"""What stands between the world and the pages that customers open without an account."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from amends.desk.queries.handoffs import PATH
from amends.web.languages import speaking

Handler = Callable[[HttpRequest], Any]  # sync or async, as Django asks

LARGEST: Final = 64 * 1024
_OPEN: Final = (PATH, "/static/", "/robots.txt", "/healthz")
TOO_MUCH: Final = "That is too much for one message. Go back and send it in parts."
TOO_LONG_OPEN: Final = (
    "This page was open too long, or cookies are switched off. Go back, reload the page and send it"
    " again: what you typed is still there."
)
_UNSEEN: Final = "noindex, nofollow, noarchive, nosnippet"


def _refused(request: HttpRequest) -> HttpResponse | None:
    """What is refused before anything of it is read: the desk itself at the address of customers,
    and bodies that are too large or say no length."""
    if _is_outside(request) and not request.path.startswith(_OPEN):
        return HttpResponse("There is no such page.", status=404, content_type="text/plain")
    if not request.path.startswith(PATH) or request.method != "POST":
        return None
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or len(length) > 18:
        return HttpResponse("Say how long it is.", status=411, content_type="text/plain")
    if int(length) > LARGEST:
        return _told(request, TOO_MUCH, 413)
    return None


def _told(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A sentence for a customer, on a page in their language."""
    with speaking(request):
        facts = {"title": _("Send it again"), "sentence": _(sentence)}
        return render(request, "handoff/closed.html", facts, status=status)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's ``CSRF_FAILURE_VIEW``: a form that was not ours, or open for too long. Customers have no
    inbox to go back to."""
    if request.path.startswith(PATH):
        return _told(request, TOO_LONG_OPEN, 403)
    return csrf_failure(request, reason)


def _is_outside(request: HttpRequest) -> bool:
    """Whether the page was asked for at an address that is for customers alone."""
    theirs = urlsplit(settings.AMENDS_PUBLIC_ADDRESS).netloc
    if theirs == urlsplit(settings.AMENDS.address).netloc:
        return False
    return str(request.META.get("HTTP_HOST", "")).lower() == theirs.lower()


def _unseen(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if request.path.startswith(PATH):
        response["X-Robots-Tag"] = _UNSEEN
    return response


@sync_and_async_middleware
def keep_apart(get_response: Handler) -> Handler:
    """Refuse what no customer has to send, and keep their pages out of every index."""
    if iscoroutinefunction(get_response):

        async def apart_async(request: HttpRequest) -> HttpResponseBase:
            return _unseen(request, _refused(request) or await get_response(request))

        return apart_async

    def apart(request: HttpRequest) -> HttpResponseBase:
        return _unseen(request, _refused(request) or get_response(request))

    return apart


def within(name: str, *parts: str, most: int, window_s: int) -> bool:
    """Count one more of ``name`` by these parts; whether that is still within ``most``.

    Counted in Django's cache, in this process alone unless an operator configures another.
    """
    digest = salted_hmac("amends.within", "\n".join(parts), algorithm="sha256").hexdigest()
    key = f"{name}:{digest}"
    cache.add(key, 0, window_s)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # it ran out between the two: the window begins anew
        return True
