"""The way in and out, and one's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import (
    authenticate,
    login,
    logout,
    update_session_auth_hash,
)
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework.signing import Signs, signature_of
from amends.desk.actions import rename_responder, set_password, use_sign_in_link
from amends.desk.actions.people import set_zone
from amends.desk.models import Responder
from amends.desk.queries.routing import break_of
from amends.terms import BadInput, NotAllowed
from amends.web.asking import me
from amends.web.context import KEYS_COOKIE, THEME_COOKIE, THEMES
from amends.web.limits import forget_failures, may_try, note_failure
from amends.web.views.setup_clock_forms import zone_options

YEAR_S = 365 * 24 * 3600
SAVED = {
    "": "Saved.",
    "first": "Your password is set. With it and your e-mail address you can come back.",
    "changed": "Saved. Your other devices are signed out.",
}


@require_GET
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """By e-mail and password. The same sentence whether the address is known or not."""
    if request.user.is_authenticated:
        return redirect(_onward(request))
    if request.method == "GET":
        return _sign_in_page(request)
    email, peer = request.POST.get("email", "").strip()[:254], request.META.get("REMOTE_ADDR", "")
    if not may_try(email, peer):
        return _sign_in_page(request, "Too many attempts. Wait a quarter of an hour.", status=429)
    person = authenticate(request, username=email, password=request.POST.get("password", "")[:1000])
    if not isinstance(person, Responder):
        note_failure(email, peer)
        return _sign_in_page(request, "E-mail address and password do not match.", status=403)
    forget_failures(email, peer)
    login(request, person)
    return redirect(_onward(request))


def _sign_in_page(request: HttpRequest, error: str = "", *, status: int = 200) -> HttpResponse:
    facts = {
        "error": error,
        "email": request.POST.get("email", "")[:254],
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return render(request, "door/sign_in.html", facts, status=status)


def _onward(request: HttpRequest) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else str(settings.LOGIN_REDIRECT_URL)


@never_cache
@require_http_methods(["GET", "POST"])
@login_not_required
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. GET only shows a button, so that a link preview does not use it up."""
    if request.method == "GET":
        return render(request, "door/enter.html", {"token": token})
    try:
        person = use_sign_in_link(token, now=timezone.now())
    except NotAllowed as error:
        return render(request, "door/enter.html", {"error": str(error)}, status=403)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("inbox" if person.has_usable_password() else "account")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@sensitive_post_parameters("password", "current")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name, password, theme and keys. A new password ends the person's other sessions."""
    person = me(request)
    if request.method == "GET":
        facts = {
            "name": person.name, "zone": person.zone, "zones": zone_options(), "ways": _ways(person),
            "break_until": break_of(person, now=timezone.now()),
        }  # fmt: skip
        return render(request, "door/account.html", facts)
    name, zone = request.POST.get("name", ""), request.POST.get("zone", person.zone)
    try:
        rename_responder(person, name=name, signs=_signs(request, person))
        set_zone(person, zone=zone)
        changed = _change_password(request, person)
    except (BadInput, NotAllowed) as error:
        facts = {"name": name, "zone": zone, "zones": zone_options(), "error": str(error)}
        facts["ways"] = _ways(person)
        return render(request, "door/account.html", facts, status=400)
    messages.success(request, SAVED[changed])
    response = redirect("inbox" if changed == "first" else "account")
    _remember_taste(request, response)
    return response


def _ways(person: Responder) -> list[tuple[str, str, bool]]:
    """The ways to sign: each with how it looks, and whether it is this person's."""
    return [(one.value, signature_of(person.name, one), one == person.signs) for one in Signs]


def _signs(request: HttpRequest, person: Responder) -> Signs:
    sent = request.POST.get("signs", person.signs)
    return Signs(sent) if sent in set(Signs) else Signs(person.signs)


def _change_password(request: HttpRequest, person: Responder) -> str:
    """What was done: nothing (""), the "first" password, or one "changed"."""
    password = request.POST.get("password", "")
    if not password:
        return ""
    had_one = person.has_usable_password()
    if had_one and not person.check_password(request.POST.get("current", "")[:1000]):
        raise NotAllowed("The password you have now is another one. Type it again.")
    set_password(person, password=password)
    update_session_auth_hash(request, person)
    return "changed" if had_one else "first"


def _remember_taste(request: HttpRequest, response: HttpResponse) -> None:
    theme = request.POST.get("theme", "system")
    keys = "on" if request.POST.get("keys") else "off"
    taste = {THEME_COOKIE: theme if theme in THEMES else "system", KEYS_COOKIE: keys}
    for cookie, value in taste.items():
        response.set_cookie(
            cookie, value, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure()
        )
