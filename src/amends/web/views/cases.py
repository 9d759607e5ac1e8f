"""The case page, and the parts of it that refresh themselves."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amends.desk.actions.in_passing import in_passing
from amends.desk.actions.macros import Ran
from amends.desk.actions.together import be_at, look_at
from amends.desk.models import Case
from amends.desk.queries import get_case_for
from amends.web.asking import is_fragment, me
from amends.web.casepage import beside_facts, case_facts, signature
from amends.web.views.inbox import list_facts


@require_GET
def show(request: HttpRequest, ref: str) -> HttpResponse:
    person = me(request)
    case = get_case_for(person, ref)
    look_at(case, by=person, now=timezone.now())
    return draw(request, case)


def draw(
    request: HttpRequest,
    case: Case,
    *,
    typed: Mapping[str, str] | None = None,
    error: str = "",
    status: int = 200,
    offer: Ran | None = None,
) -> HttpResponse:
    """The case: the region alone for htmx, else the whole page with the list beside it."""
    person = me(request)
    if is_fragment(request):
        facts = case_facts(case, person, typed=typed, error=error, offer=offer)
        return render(request, "case/_case.html", facts, status=status)
    listed = list_facts(person, request.GET, whole=True, opened=case)
    facts = case_facts(case, person, typed=typed, error=error, offer=offer, listed=listed)
    return render(request, "inbox/inbox.html", facts | listed, status=status)


@require_POST
def presence(request: HttpRequest, ref: str) -> HttpResponse:
    """A page says that its person still has the case open, and hears who else has. 204: the same."""
    person = me(request)
    case = get_case_for(person, ref)
    with in_passing():
        be_at(case, by=person, now=timezone.now())
    facts = beside_facts(case, person, now=timezone.now())
    if not is_fragment(request):
        return redirect("case", ref)
    if request.POST.get("seen") == facts["beside_seen"]:
        return HttpResponse(status=204)
    return render(request, "case/_presence.html", {"case": case, **facts})


@require_GET
def trail(request: HttpRequest, ref: str) -> HttpResponse:
    """What changed on an open case: its column, and its other parts beside it. 204: nothing."""
    person = me(request)
    case = get_case_for(person, ref)
    if not is_fragment(request):
        return redirect("case", ref)
    if request.GET.get("seen") == signature(case):
        return HttpResponse(status=204)
    return render(request, "case/_changed.html", case_facts(case, person))
