"""How a refusal looks: a sentence, and what was typed stays where it was typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from amends.web.asking import is_fragment

TITLES = {
    400: "That cannot be read",
    403: "Not allowed",
    404: "Not there",
    405: "Nothing to see here",
    409: "Somebody was faster",
    500: "Something broke",
    502: "The network refused",
}


def refusal(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """A toast for htmx, which leaves the page as it is; a page of its own otherwise."""
    facts = {"sentence": sentence, "title": TITLES.get(status, "Refused"), "status": status}
    if not is_fragment(request):
        return render(request, "refusal.html", facts, status=status)
    response = render(request, "parts/_toast.html", facts, status=status)
    response["HX-Retarget"] = "#toasts"
    response["HX-Reswap"] = "innerHTML"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return refusal(request, "There is no such page. Go back to the inbox.", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return refusal(request, "You may not see this page. Ask an administrator.", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return refusal(request, "The browser sent something unreadable. Try again.", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    return refusal(
        request,
        "Something in the desk broke. What was saved is safe; try again, then tell an administrator.",
        status=500,
    )
