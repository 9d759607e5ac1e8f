"""Going somewhere by typing its name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from amends.desk.queries import find_cases
from amends.web.asking import me


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "")[:100]
    facts = {"words": words, "cases": find_cases(me(request), words)}
    return render(request, "parts/_palette.html", facts)
