"""Set-up of private pages: what a hand-off link opens, for each brand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from amends.casework import Action
from amends.casework.contacts import mail_address, phone_number
from amends.casework.handoff import LONGEST_LABEL, MOST_FIELDS, Field, FieldKind
from amends.desk.actions.pages import LONGEST, save_page
from amends.desk.models import HoursRow
from amends.desk.queries.handoffs import asked_by, page_of
from amends.desk.queries.setup import brands_for, get_brand_for
from amends.web.asking import require
from amends.web.views.setup_clock_forms import Read
from amends.web.views.setup_shared import accepted

KINDS = {
    FieldKind.TEXT: "A line",
    FieldKind.LONG: "Several lines",
    FieldKind.EMAIL: "E-mail address",
    FieldKind.PHONE: "Telephone number",
    FieldKind.DATE: "Date",
}


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PageForm(forms.Form):
    """What the pages of a brand say and ask; each thing asked for is a label, a kind and a tick."""

    greeting = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=_lines(3),
        label="Greeting",
        help_text="What customers read first, such as who looks after them and how soon.",
    )
    invitation = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="Words before the link",
        help_text="They stand in the reply. Empty: “Please tell us more here, where only we can read it:”",
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=90,
        label="Days a link is open",
        help_text="Each message keeps the page open for 14 days more.",
    )
    phone = Read(
        phone_number,
        empty="",
        required=False,
        max_length=40,
        label="Telephone",
        help_text="With its country, as +49 30 901820.",
    )
    mail = Read(mail_address, empty="", required=False, max_length=254, label="E-mail address")
    hours = forms.ModelChoiceField(
        HoursRow.objects.none(),
        required=False,
        empty_label="Not said",
        label="Hours of the telephone",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].queryset = HoursRow.objects.order_by("name")  # type: ignore[attr-defined]
        choices = [(str(kind), words) for kind, words in KINDS.items()]
        for n in range(MOST_FIELDS):
            self.fields[f"label{n}"] = forms.CharField(
                required=False, max_length=LONGEST_LABEL, label=f"What is asked for, {n + 1}"
            )
            self.fields[f"kind{n}"] = forms.ChoiceField(choices=choices, label=f"Kind, {n + 1}")
            self.fields[f"needed{n}"] = forms.BooleanField(
                required=False, label="Must be filled in"
            )

    def rows(self) -> list[tuple[forms.BoundField, ...]]:
        names = ("label", "kind", "needed")
        return [tuple(self[f"{name}{n}"] for name in names) for n in range(MOST_FIELDS)]

    def asked(self) -> list[Field]:
        """The things that have a label."""
        found = self.cleaned_data
        return [
            Field(
                " ".join(found[f"label{n}"].split()),
                FieldKind(found[f"kind{n}"]),
                found[f"needed{n}"],
            )
            for n in range(MOST_FIELDS)
            if found[f"label{n}"].strip()
        ]

    def said(self) -> dict[str, Any]:
        names = ("greeting", "invitation", "days", "phone", "mail", "hours")
        return {name: self.cleaned_data[name] for name in names}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The brands with what their pages ask."""
    person = require(request, Action.SET_UP)
    brands = [(brand, page_of(brand)) for brand in brands_for(person)]
    rows = [(brand, page, asked_by(page)) for brand, page in brands]
    return render(request, "setup/private.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on the pages of one brand."""
    person = require(request, Action.SET_UP)
    brand = get_brand_for(person, pk)
    page = page_of(brand)
    known = {
        name: getattr(page, name) for name in ("greeting", "invitation", "days", "phone", "mail")
    }
    known["hours"] = page.hours_id
    for n, one in enumerate(asked_by(page)):
        known |= {f"label{n}": one.label, f"kind{n}": str(one.kind), f"needed{n}": one.required}
    typed = PageForm(request.POST or None, initial=known)
    if accepted(typed, lambda: save_page(brand, fields=typed.asked(), by=person, **typed.said())):
        messages.success(request, f"The private page of {brand.name} is saved.")
        return redirect("private-pages")
    facts = {"form": typed, "brand": brand}
    return render(request, "setup/private_page.html", facts, status=400 if typed.is_bound else 200)
