"""The web search that looks up where complaints stand; off until an administrator puts a key in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from amends.casework import Action
from amends.desk.actions.ranking import save_search
from amends.desk.models import RankWatch, SearchAccess
from amends.web.asking import require
from amends.web.views.setup_shared import accepted


class SearchForm(forms.Form):
    enabled = forms.BooleanField(
        required=False, label="Look up each day where complaints stand in searches"
    )
    key = forms.CharField(
        required=False,
        max_length=200,
        label="Subscription token",
        help_text="In Brave's API dashboard: API Keys, of the plan Search. Kept encrypted. Empty: as it is.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        required=False,
        error_messages={"invalid": "Write two letters, such as DE, or nothing."},
        label="Country",
        help_text="Two letters, such as DE: search as people there do. Empty: wherever.",
    )
    most = forms.IntegerField(
        min_value=1,
        max_value=1_000_000,
        initial=1000,
        label="Calls a month at most",
        help_text="Each address takes one to three calls a day. Brave charges by the thousand.",
    )


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The key, the budget, and what was used of it this month."""
    person = require(request, Action.SET_UP)
    row = SearchAccess.objects.order_by("pk").first()
    form = SearchForm(request.POST or None, initial=_initial(row))
    if accepted(form, lambda: save_search(by=person, **form.cleaned_data)):
        messages.success(request, "Saved. What goes wrong in a search stands on this page.")
        return redirect("search")
    used = row.calls if row is not None and row.month == f"{timezone.now():%Y-%m}" else 0
    looked = RankWatch.objects.filter(due_at__isnull=False).count()
    facts = {"form": form, "row": row, "used": used, "looked": looked}
    return render(request, "setup/search.html", facts, status=400 if form.is_bound else 200)


def _initial(row: SearchAccess | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {name: getattr(row, name) for name in ("enabled", "country", "most")}
