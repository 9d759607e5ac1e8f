"""What every response carries, and how a refusal is said."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from amends.desk.queries.doors import NotThere
from amends.terms import AmendsError, BadInput, NotAllowed, Stale
from amends.web.asking import is_fragment
from amends.web.refusing import refusal

Handler = Callable[[HttpRequest], Any]  # sync or async, as Django asks

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _protect(response: HttpResponseBase) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response[name] = value
    # Pages hold customers' words: no copy stays in a browser or a proxy.
    response.setdefault("Cache-Control", "no-store")
    return response


@sync_and_async_middleware
def security_headers(get_response: Handler) -> Handler:
    """The content policy and its companions on every response, static files included."""
    if iscoroutinefunction(get_response):

        async def protected_async(request: HttpRequest) -> HttpResponseBase:
            return _protect(await get_response(request))

        return protected_async

    def protected(request: HttpRequest) -> HttpResponseBase:
        return _protect(get_response(request))

    return protected


UNSTORABLE = "What was sent holds something that cannot be kept, such as a zero byte. Take it out."
FORMS_ONLY = "This address takes what a form sends and shows nothing. Go back to the inbox."
STATUS: dict[type[AmendsError], int] = {BadInput: 400, NotAllowed: 403, NotThere: 404, Stale: 409}


def status_of(error: AmendsError) -> int:
    """The HTTP status an error is answered with; what a network refuses is 502."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 502)


class Refusals:
    """Turns the desk's errors into answers: a toast where htmx asked, else a page."""

    async_capable = sync_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._later(request)
        response = self.get_response(request)
        if _is_reopened_form(request, response):
            return _reopened_form(request, response)
        return _whole_page_sign_in(request, response)

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        if _is_reopened_form(request, response):
            return await sync_to_async(_reopened_form)(request, response)
        return _whole_page_sign_in(request, response)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, AmendsError):
            return refusal(request, str(error), status=status_of(error))
        if isinstance(error, DataError):
            return refusal(request, UNSTORABLE, status=400)
        return None


refusals = Refusals


def _is_reopened_form(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether somebody opened the address that a form is sent to, such as from their history."""
    return response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET"


def _reopened_form(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    answer = refusal(request, FORMS_ONLY, status=response.status_code)
    answer["Allow"] = response.headers.get("Allow", "")
    return answer


def _whole_page_sign_in(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A fragment asked for after the session ended: the browser goes to sign in, not the part."""
    target = response.headers.get("Location", "")
    if is_fragment(request) and target.startswith(str(settings.LOGIN_URL)):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = str(settings.LOGIN_URL)
        return answer
    return response
