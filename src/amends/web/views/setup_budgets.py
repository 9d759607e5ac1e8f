"""Set-up of budgets: what each brand may give in a month, with what is spent and open."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.casework.budgets import Beyond
from amends.casework.remedies import MOST
from amends.desk.actions.budgets import remove_budget, save_budget
from amends.desk.models import Brand, Budget
from amends.desk.queries.budgets import budgets_for, owed_for
from amends.desk.queries.timing import get_one_of
from amends.web.asking import require
from amends.web.ledgerpage import owed_lines
from amends.web.views.setup_shared import accepted

BEYOND = {
    Beyond.APPROVE: "It waits for somebody else",
    Beyond.WARN: "It is given, and marked",
}


class BudgetForm(forms.Form):
    brand = forms.ModelChoiceField(Brand.objects.none(), label="Brand", empty_label=None)
    currency = forms.CharField(
        max_length=3,
        label="Currency",
        widget=forms.TextInput(attrs={"placeholder": "EUR", "autocomplete": "off"}),
    )
    amount = forms.DecimalField(
        min_value=Decimal(0), max_value=MOST, decimal_places=2, label="A month"
    )
    beyond = forms.ChoiceField(
        choices=[(str(k), v) for k, v in BEYOND.items()], label="What goes beyond"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brand"].queryset = Brand.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def said(self) -> dict[str, Any]:
        return self.cleaned_data | {"beyond": Beyond(self.cleaned_data["beyond"])}


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The budgets with how they stand; a post sets one."""
    person = require(request, Action.SET_UP)
    form = BudgetForm(request.POST or None)
    if accepted(form, lambda: save_budget(by=person, **form.said())):
        kept = form.cleaned_data
        messages.success(
            request, f"{kept['amount']:,.2f} {kept['currency']} a month hold from now on."
        )
        return redirect("budgets")
    rows = [
        (one, BEYOND[Beyond(one.row.beyond)]) for one in budgets_for(person, now=timezone.now())
    ]
    facts = {"form": form, "rows": rows}
    return render(request, "setup/budgets.html", facts, status=400 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_one_of(Budget.objects.all(), pk)
    remove_budget(row, by=person)
    messages.success(request, "That budget no longer holds.")
    return redirect("budgets")


@require_GET
def owed(request: HttpRequest) -> HttpResponse:
    """What is owed to customers: open remedies and gestures across cases, what is due first (R42)."""
    person = require(request, Action.WORK)
    lines = owed_lines(owed_for(person), today=timezone.now().date())
    return render(request, "case/owed.html", {"lines": lines, "here": "owed"})
