"""Set-up of rules: a form that reads as a sentence, tried on the newest cases before it is saved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action, Role
from amends.casework.automation import Rule, check_rule, rule_of, speaks, speaks_in_public
from amends.casework.saying import Names, done, sentence
from amends.desk.actions.rules import (
    MOST_PER_DAY,
    grant_rule,
    move_rule,
    remove_rule,
    revoke_grant,
    save_rule,
    switch_rule,
)
from amends.desk.models import Responder, RuleRow
from amends.desk.queries.rule_samples import LATEST, try_rule
from amends.desk.queries.ruling import get_rule_for, grant_of, names_now, readable, rules_for
from amends.terms import AmendsError, BadInput
from amends.web.asking import require
from amends.web.views.setup_rule_form import RuleForm, initial_of
from amends.web.views.setup_shared import accepted
from amends.web.views.setup_shared import sentence as told

CHANGES = {
    "saved": "saved",
    "switched_on": "switched on",
    "switched_off": "switched off",
    "granted": "let it write to customers",
    "revoked": "no longer lets it write to customers",
    "removed": "removed",
    "moved": "gave it another place",
}


class GrantForm(forms.Form):
    """How often a rule may write to customers, and whether in public."""

    per_hour = forms.IntegerField(min_value=1, max_value=MOST_PER_DAY, label="At most an hour")
    per_day = forms.IntegerField(min_value=1, max_value=MOST_PER_DAY, label="At most a day")
    public = forms.BooleanField(
        required=False, label="It may reply in public, for everybody to read"
    )


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every rule as a sentence, with its switch and its place."""
    person = require(request, Action.SET_UP)
    names = names_now()
    rows = [
        {"row": row, "says": sentence(rule, names), "speaks": speaks(rule), "grant": grant_of(row)}
        for row, rule in readable(rules_for(person))
    ]
    return render(request, "setup/rules.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change a rule; without scripts "Show sample" draws the page with it."""
    person = require(request, Action.SET_UP)
    row = get_rule_for(person, pk) if pk is not None else None
    start = initial_of(row.name, rule_of(row.data)) if row is not None else {}
    made = RuleForm(request.POST or None, initial=start)
    saved: list[RuleRow] = []

    def act() -> None:
        seen = request.POST.get("seen", "")
        saved.append(
            save_rule(
                row, name=made.cleaned_data["name"], rule=made.rule(), by=person, now=timezone.now(),
                seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
            )
        )  # fmt: skip

    previewing = "preview" in request.POST
    if not previewing and accepted(made, act):
        _say_saved(request, saved[0], new=row is None)
        return redirect("rule", saved[0].pk)
    facts = {
        "form": made,
        "row": row,
        **_preview(made, person),
        **_standing(row, person, made.names),
    }
    status = 400 if made.is_bound and not previewing else 200
    return render(request, "setup/rule.html", facts, status=status)


def _say_saved(request: HttpRequest, row: RuleRow, *, new: bool) -> None:
    rule = rule_of(row.data)
    if speaks(rule) and grant_of(row) is None:
        after = " It writes to customers only once that is granted below."
    else:
        after = " It is off: switch it on below." if new else ""
    messages.success(request, f"{row.name} is saved as version {row.number}.{after}")


def _standing(row: RuleRow | None, person: Responder, names: Names) -> dict[str, Any]:
    """What a saved rule may do, did, and was."""
    if row is None:
        return {}
    rule = rule_of(row.data)
    before = {one.number: one for one in row.versions.select_related("by")}
    changes = row.changes.select_related("by").order_by("-pk")[:50]
    runs = row.runs.select_related("case").order_by("-at", "-pk")[:20]
    return {
        "speaks": speaks(rule),
        "in_public": speaks_in_public(rule),
        "grant": grant_of(row),
        "may_grant": person.role == Role.ADMINISTRATOR,
        "grant_form": GrantForm(initial={"per_hour": 10, "per_day": 50}),
        "changes": [
            (one, CHANGES[one.kind], sentence(rule_of(before[one.number].data), names))
            for one in changes
        ],
        "runs": runs,
        "ran": row.runs.count(),
    }


def _preview(made: RuleForm, person: Responder) -> dict[str, Any]:
    """The sentence that the form says, and what it would have done."""
    if not made.is_bound:
        initial = {name: made[name].value() for name in made.fields}
        made = RuleForm({k: v for k, v in initial.items() if v}, names=made.names)
    made.is_valid()
    try:
        rule = made.rule()
    except (BadInput, KeyError, ValueError) as error:
        return {"sample_error": told(error) if isinstance(error, BadInput) else ""}
    names = made.names
    facts: dict[str, Any] = {"says": sentence(rule, names) if rule.acts else ""}
    try:
        check_rule(rule)
    except BadInput as error:
        return facts | {"sample_error": told(error) if rule.acts or rule.conditions else ""}
    return facts | _tried(rule, person) | {"would": done(rule.acts, names)}


def _tried(rule: Rule, person: Responder) -> dict[str, Any]:
    return {
        "sample": try_rule(rule, person=person, now=timezone.now()),
        "of": "cases" if rule.trigger in {"opened", "waited"} else "events",
        "latest": LATEST,
    }


@require_GET
def sample(request: HttpRequest) -> HttpResponse:
    """The sentence and the sample of what is chosen: a part of the rule's page."""
    person = require(request, Action.SET_UP)
    return render(request, "setup/_rule_sample.html", _preview(RuleForm(request.GET), person))


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """On or off, by one click."""
    person = require(request, Action.SET_UP)
    row, on = get_rule_for(person, pk), request.POST.get("on") == "1"
    try:
        switch_rule(row, on=on, by=person, now=timezone.now())
    except AmendsError as error:
        messages.error(request, told(error))
        return redirect("rule", pk)
    messages.success(request, f"{row.name} is switched {'on' if on else 'off'}.")
    return redirect("rule", pk) if request.POST.get("back") == "rule" else redirect("rules")


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down in the order; the page comes back at the rule that was moved."""
    person = require(request, Action.SET_UP)
    up = request.POST.get("to") == "up"
    try:
        move_rule(get_rule_for(person, pk), up=up, by=person, now=timezone.now())
    except AmendsError as error:
        messages.error(request, told(error))
    return redirect(f"{reverse('rules')}#rule-{pk}")


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule write to customers, or no longer."""
    person = require(request, Action.SET_UP)
    row = get_rule_for(person, pk)
    if "revoke" in request.POST:
        revoke_grant(row, by=person, now=timezone.now())
        messages.success(request, f"{row.name} writes to nobody any more.")
        return redirect("rule", pk)
    made = GrantForm(request.POST)
    try:
        if not made.is_valid():
            raise BadInput(f"Choose a cap of 1 to {MOST_PER_DAY:,} an hour and a day.")
        grant_rule(row, **made.cleaned_data, by=person, now=timezone.now())
    except AmendsError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, f"{row.name} may write to customers, up to its cap.")
    return redirect("rule", pk)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_rule_for(person, pk)
    remove_rule(row, by=person, now=timezone.now())
    messages.success(request, f"{row.name} is removed; what it did stays in the cases.")
    return redirect("rules")
