"""The languages that the pages for customers speak: which one, and how it says a day and a time."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from amends.casework.hours import Hours, calendar_of, zone_named
from amends.casework.scheduling import said_there
from amends.desk.models import Case

LANGUAGES: Final = {
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "pt": "Português",
}
"""By their codes, each as it calls itself."""
COOKIE: Final = "amends_language"
_DAYS_30_S: Final = 30 * 24 * 3600
_DAY: Final = dict(zip(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), range(7), strict=True))

View = Callable[..., HttpResponse]


def spoken(view: View) -> View:
    """A view for customers, in the language that they chose, or their browser's until ``speak_as``
    knows better. What they choose (``?lang=de``, or by ``switches``) is kept for the pages to come."""

    @wraps(view)
    def translated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(_chosen(request) or _of_browser(request)):
            response = view(request, *args, **kwargs)
        if asked := _asked(request):
            response.set_cookie(
                COOKIE, asked, max_age=_DAYS_30_S, path="/h/", httponly=True,
                samesite="Lax", secure=settings.AMENDS_PUBLIC_ADDRESS.startswith("https://"),
            )  # fmt: skip
        return response

    return translated


def speak_as(request: HttpRequest, case: Case) -> None:
    """Within ``spoken``: go on in the language of the customer's post, unless they chose another; in
    their browser's where the post has none that we speak."""
    code = case.first_post.lang.partition("-")[0].lower() if case.first_post else ""
    if not _chosen(request):
        translation.activate(code if code in LANGUAGES else _of_browser(request))


def speaking(request: HttpRequest) -> AbstractContextManager[None]:
    """The language of whoever asks, for refusals that must not look at what was sent: the one they
    chose before, or their browser's."""
    kept = request.COOKIES.get(COOKIE, "")
    return translation.override(kept if kept in LANGUAGES else _of_browser(request))


def switches(request: HttpRequest) -> bool:
    """Whether a form was handed in for another language alone: it is drawn anew, as it was typed."""
    return request.POST.get("lang") in LANGUAGES


def _asked(request: HttpRequest) -> str:
    asked = (request.POST.get("lang", ""), request.GET.get("lang", ""))
    return next((code for code in asked if code in LANGUAGES), "")


def _chosen(request: HttpRequest) -> str:
    kept = request.COOKIES.get(COOKIE, "")
    return _asked(request) or (kept if kept in LANGUAGES else "")


def _of_browser(request: HttpRequest) -> str:
    wanted = re.findall(r"[a-z]{2}", request.headers.get("Accept-Language", "")[:100].lower())
    return next((code for code in wanted if code in LANGUAGES), "en")


def day_said(day: date) -> str:
    """A day as the language in force writes it: ``24 December 2026``, ``24. Dezember 2026``."""
    return date_format(day, "j F Y" if _english() else "DATE_FORMAT")


def moment_said(moment: datetime, zone: str) -> str:
    """A moment by the clock of ``zone``: ``giovedì 24 Dicembre 2026 09:30 (UTC+1)``."""
    said = said_there(moment, zone)
    if _english():
        return said
    there = moment.astimezone(zone_named(zone))
    day, offset = date_format(there, "DATE_FORMAT"), said[said.rindex("(") :]
    weekday = "" if date_format(there, "l") in day else f"{date_format(there, 'l')}, "
    return f"{weekday}{day}, {there:%H:%M} {offset}"


def back_said(hours: Hours, *, now: datetime) -> str:
    """When we are back; nothing while we are there."""
    calendar = calendar_of(hours)
    opens = None if calendar.is_open(now) else calendar.opens_next(now)
    if opens is None:
        return ""
    there = opens.astimezone(calendar.zone)
    day = date_format(there, "l j F" if _english() else "l") + (
        "" if _english() else f", {date_format(there, 'MONTH_DAY_FORMAT')}"
    )
    told = {"day": day, "time": f"{there:%H:%M}", "zone": hours.zone}
    return _("We are back on %(day)s at %(time)s (%(zone)s).") % told


def windows_said(text: str) -> str:
    """``Mon-Fri 09:00-17:00`` with the days as the language in force shortens them."""
    return re.sub(r"\b[A-Z][a-z]{2}\b", lambda one: _short(one[0]), text)


def _short(day: str) -> str:
    return str(WEEKDAYS_ABBR[_DAY[day]]) if day in _DAY else day


def _english() -> bool:
    return translation.get_language() == "en"
