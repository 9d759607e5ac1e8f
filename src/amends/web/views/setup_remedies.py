"""Set-up of remedies: how much each role may give, and what was given, by month and cause."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from amends.casework import Action, Role
from amends.casework.budgets import month_of
from amends.casework.remedies import MOST
from amends.desk.actions.amends import set_authority
from amends.desk.queries.ledger import limits, totals
from amends.web.asking import require
from amends.web.ledgerpage import FAULTS, KINDS
from amends.web.views.setup_shared import accepted


class AuthorityForm(forms.Form):
    """One field for each role that may give something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in limits():
            self.fields[str(role)] = forms.DecimalField(
                label=str(role).capitalize(), min_value=0, max_value=MOST, decimal_places=2
            )

    def most(self) -> dict[Role, Decimal]:
        return {Role(name): amount for name, amount in self.cleaned_data.items()}


@require_http_methods(["GET", "POST"])
def remedies(request: HttpRequest) -> HttpResponse:
    """How much each role may give by itself, and what was given this month and the last."""
    person = require(request, Action.SET_UP)
    now = timezone.now()
    initial = {str(role): most for role, most in limits().items()}
    form = AuthorityForm(request.POST or None, initial=initial)
    if accepted(form, lambda: set_authority(form.most(), by=person)):
        messages.success(request, "The limits hold from now on.")
        return redirect("remedies")
    start = month_of(now)
    months = [(start, now), (month_of(start, back=1), start)]
    given = [
        (f"{since:%B %Y}", [_row(one) for one in totals(person, since=since, till=till)])
        for since, till in months
    ]
    facts = {"form": form, "given": given}
    return render(request, "setup/remedies.html", facts, status=400 if form.is_bound else 200)


def _row(one: Any) -> tuple[str, str, int, str]:
    amount = f"{one.amount:,.2f} {one.currency}" if one.amount is not None else ""
    return KINDS[one.kind], FAULTS.get(one.fault, "Not determined"), one.number, amount
