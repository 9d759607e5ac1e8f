"""The guard's rules: which finding stops, asks or notes, tried on the newest replies before saved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from amends.casework import Action
from amends.desk.actions import save_guard_rules
from amends.desk.models import GuardRules
from amends.desk.queries.guarding import LATEST, policy_in_force, rules_so_far, try_policy
from amends.guard import CODES, LEVELS, Policy
from amends.web.asking import require
from amends.web.guarding import LEVELS as WORDS
from amends.web.views.setup_forms import Lines
from amends.web.views.setup_shared import accepted

_CHOICES = [(level, WORDS[level]) for level in LEVELS]


class RulesForm(forms.Form):
    """A level for each finding, the numbers, and why they change."""

    public_turns = forms.IntegerField(
        min_value=1,
        max_value=20,
        label="Public replies to one customer",
        help_text="More than these, and the guard suggests going private.",
    )
    similarity = forms.FloatField(
        min_value=0.5,
        max_value=1.0,
        label="A copy is, from 0.5 to 1",
        help_text="How alike two replies are, names and numbers left out, to count as copies.",
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    contacts = Lines(
        label="Our own addresses",
        help_text="E-mail addresses, domains and telephone numbers that may be shown anywhere, one a"
        " line. Those of the contact route count already.",
        placeholder="care@example.com",
    )
    reason = forms.CharField(
        required=False,
        max_length=2000,
        label="Why",
        help_text="Stands beside the rules from now on.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, told in CODES.items():
            self.fields[f"level_{code}"] = forms.ChoiceField(
                choices=_CHOICES, label=told.reason, help_text=told.row
            )

    def policy(self) -> Policy:
        typed = self.cleaned_data
        levels = {code: typed[f"level_{code}"] for code in CODES}
        return Policy(
            levels={code: level for code, level in levels.items() if level != CODES[code].level},
            public_turns=typed["public_turns"],
            similarity=typed["similarity"],
            contacts=tuple(typed["contacts"]),
        )


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The rules. "Try" shows what they would have done to the newest replies, "Save" needs a reason."""
    person = require(request, Action.SET_UP)
    policy = policy_in_force()
    form = RulesForm(request.POST or None, initial=_initial(policy))
    trying = "save" not in request.POST

    def save() -> None:
        typed = form.cleaned_data["reason"]
        save_guard_rules(form.policy(), reason=typed, by=person, now=timezone.now())

    if not trying and accepted(form, save):
        messages.success(request, "The guard goes by these rules from now on.")
        return redirect("guard")
    facts: dict[str, Any] = {
        "form": form,
        "groups": _rows(form),
        "versions": [(one, _moved(one)) for one in rules_so_far(person)],
        "latest": LATEST,
    }
    if form.is_bound and form.is_valid():
        facts["trial"] = try_policy(form.policy(), person=person)
    refused = bool(form.is_bound and form.errors)
    return render(request, "setup/guard.html", facts, status=400 if refused else 200)


def _initial(policy: Policy) -> dict[str, Any]:
    levels = {f"level_{code}": policy.level(code) for code in CODES}
    return levels | {
        "public_turns": policy.public_turns,
        "similarity": policy.similarity,
        "contacts": "\n".join(policy.contacts),
    }


def _rows(form: RulesForm) -> list[dict[str, Any]]:
    """A line for each finding, in the order of the guard's own list."""
    return [
        {"code": code, "told": told, "field": form[f"level_{code}"], "own": WORDS[told.level]}
        for code, told in CODES.items()
    ]


def _moved(rules: GuardRules) -> list[str]:
    """What a version moves, as it is read: "hashtags: note"."""
    return [f"{code}: {level}" for code, level in sorted(rules.levels.items())]
