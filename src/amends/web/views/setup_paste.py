"""Many watches at once: queries pasted, one a line."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amends.casework import Action
from amends.desk.actions import save_watches
from amends.desk.models import Brand
from amends.desk.queries.setup import brands_for
from amends.matching import QueryError, parse
from amends.terms import WatchKind
from amends.web.asking import require
from amends.web.views.setup_forms import KINDS
from amends.web.views.setup_shared import accepted

MOST: Final = 1000
TOLD: Final = 10
NAME: Final = 60


class PasteForm(forms.Form):
    brand = forms.ModelChoiceField(Brand.objects.order_by("name"), label="Brand", empty_label=None)
    kind = forms.ChoiceField(
        choices=[(str(kind), label) for kind, label in KINDS.items()], label="Kind"
    )
    queries = forms.CharField(
        max_length=1_000_000,
        label="Queries",
        help_text="One a line: a name, then | or a tab, then the query. Or the query alone.",
        widget=forms.Textarea(
            attrs={
                "rows": 10,
                "class": "query",
                "placeholder": "Late flights | halcyon (late OR delayed)\nhalcyon refund* -is:reply",
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        ),
    )

    def clean_queries(self) -> list[tuple[str, str]]:
        lines = [line.strip() for line in str(self.cleaned_data["queries"]).splitlines()]
        found, wrong = list[tuple[str, str]](), list[str]()
        for number, line in enumerate(lines, start=1):
            if line:
                name, query = _parts(line)
                found.append((name, query))
                wrong += _wrong(number, name, query)
        if len(found) > MOST:
            wrong.insert(0, f"These are {len(found)} queries; {MOST} at most go at once.")
        if len(wrong) > TOLD:
            wrong[TOLD:] = [f"And {len(wrong) - TOLD} more."]
        if wrong:
            raise forms.ValidationError(wrong)
        return found


def _parts(line: str) -> tuple[str, str]:
    """Name and query of a line; a query without a name is called by how it begins."""
    sign = "\t" if "\t" in line else "|"
    name, there, query = line.partition(sign)
    if there:
        return " ".join(name.split()), query.strip()
    return (line if len(line) <= NAME else f"{line[:NAME]}…"), line


def _wrong(number: int, name: str, query: str) -> list[str]:
    if not 0 < len(name) <= 120:
        return [f"Line {number}: a watch's name has 1 to 120 characters."]
    if len(query) > 4096:
        return [f"Line {number}: a query has 4096 characters at most."]
    try:
        parse(query)
    except QueryError as error:
        return [f"Line {number}, character {error.position + 1} of the query: {error.reason}"]
    return []


@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Save all the queries of a list, or none and say which lines are wrong."""
    person = require(request, Action.SET_UP)
    brands = brands_for(person)
    if not brands:
        messages.error(request, "A watch belongs to a brand. Name your brand first.")
        return redirect("brand-new")
    form = PasteForm(request.POST or None, initial={"brand": brands[0].pk})

    def act() -> None:
        typed = form.cleaned_data
        kind = WatchKind(typed["kind"])
        save_watches(typed["queries"], brand=typed["brand"], kind=kind, by=person)

    if accepted(form, act):
        count = len(form.cleaned_data["queries"])
        messages.success(request, f"{count} watch{'' if count == 1 else 'es'} saved.")
        return redirect("watches")
    facts = {"form": form, "brands": brands}
    return render(request, "setup/paste.html", facts, status=400 if form.is_bound else 200)
