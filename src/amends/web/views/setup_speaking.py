"""Set-up of who may speak: the policy, what is asked of speakers, trainings of the company's own."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from amends.casework import Action
from amends.casework.training import lesson_typed, quiz_typed, shipped
from amends.desk.actions.speaking import (
    publish_policy,
    put_in_charge,
    retire_module,
    save_own_module,
    save_speaking_rules,
)
from amends.desk.models import OwnModule
from amends.desk.queries.setup import get_channel_for
from amends.desk.queries.speaking import (
    get_own_module_for,
    keepers,
    modules,
    newest_policy,
    own_modules_for,
    rules_in_force,
)
from amends.terms import BadInput, NotAllowed
from amends.web.asking import require
from amends.web.views.setup_shared import accepted, sentence

SOON = [("0", "at once"), ("3", "in three days"), ("7", "in a week"), ("14", "in two weeks")]


class PolicyForm(forms.Form):
    text = forms.CharField(
        max_length=40_000,
        label="The policy",
        help_text="“# ” at the start of a line makes a heading, “- ” an item of a list.",
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    changes = forms.CharField(
        required=False,
        max_length=2000,
        label="What is new in it",
        help_text="Stands above it, for those who knew the version before.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.ChoiceField(
        choices=SOON,
        initial="7",
        label="Nobody speaks without having acknowledged it",
        help_text="Until then everybody is reminded.",
    )


class RulesForm(forms.Form):
    trained = forms.ChoiceField(
        choices=[("no", "Not asked for"), ("yes", "Asked for, from this day on")],
        initial="no",
        label="Training",
        widget=forms.RadioSelect,
    )
    trained_from = forms.DateField(
        required=False,
        label="From",
        help_text="In UTC. Give everybody some days: a module takes five minutes.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    names = forms.MultipleChoiceField(
        required=False, label="Modules", widget=forms.CheckboxSelectMultiple
    )
    must_sign = forms.BooleanField(required=False, label="Every reply is signed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["names"]
        field.choices = [(name, module.title) for name, module in modules().items()]

    def trains_from(self) -> datetime | None:
        """Raises ``BadInput`` where training is asked for from no day."""
        if self.cleaned_data["trained"] != "yes":
            return None
        day = self.cleaned_data["trained_from"]
        if day is None:
            raise BadInput("Say from which day on training is asked for.")
        return datetime.combine(day, time.min, tzinfo=UTC)


class ModuleForm(forms.Form):
    title = forms.CharField(max_length=120, label="Title")
    about = forms.CharField(
        required=False, max_length=300, label="What it is about", help_text="In a sentence."
    )
    lesson = forms.CharField(
        label="Lesson",
        help_text="“# ” begins a part with its title. “+ ” is a wording to use, “- ” one to avoid.",
        widget=forms.Textarea(
            attrs={
                "rows": 12,
                "placeholder": "# Our lounge is closed\nSince March it is, and people are cross.\n"
                "+ The lounge is closed until May; may I offer you a coffee at gate 4?\n"
                "- Please check our website.",
            }
        ),
    )
    quiz = forms.CharField(
        label="Quiz",
        help_text="“? ” asks, “+ ” is the right choice, “- ” a wrong one; “ | ” and why. Three or more.",
        widget=forms.Textarea(
            attrs={
                "rows": 12,
                "placeholder": "? Somebody asks for the lounge. What do you offer?\n"
                "+ A coffee at gate 4 | Yes, until May.\n- A voucher | Not without a lead.",
            }
        ),
    )
    pass_percent = forms.IntegerField(
        min_value=1, max_value=100, initial=80, label="Pass mark in percent"
    )
    valid_days = forms.IntegerField(
        min_value=1, max_value=3650, initial=365, label="Valid for so many days"
    )


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What is asked of whoever speaks; the policy and the trainings stand beside it."""
    person = require(request, Action.SET_UP)
    form = RulesForm(request.POST or None, initial=_rules_initial())

    def act() -> None:
        typed = form.cleaned_data
        save_speaking_rules(
            trained_from=form.trains_from(), names=typed["names"], must_sign=typed["must_sign"],
            by=person, now=timezone.now(),
        )  # fmt: skip

    if accepted(form, act):
        messages.success(request, "That is asked of whoever speaks from now on.")
        return redirect("speaking")
    return _page(request, form, PolicyForm(initial=_policy_initial()), bad=form.is_bound)


@require_POST
def new_policy(request: HttpRequest) -> HttpResponse:
    """Publish a version of the policy."""
    person = require(request, Action.SET_UP)
    form = PolicyForm(request.POST)

    def act() -> None:
        typed, now = form.cleaned_data, timezone.now()
        later = now + timedelta(days=int(typed["days"]))
        publish_policy(
            text=typed["text"], changes=typed["changes"], asked_from=later, by=person, now=now
        )

    if accepted(form, act):
        messages.success(request, "The policy is published. Everybody is asked to acknowledge it.")
        return redirect("speaking")
    return _page(request, RulesForm(initial=_rules_initial()), form, bad=True)


def _page(request: HttpRequest, rules: RulesForm, policy: PolicyForm, *, bad: bool) -> HttpResponse:
    facts = {
        "form": rules,
        "policy_form": policy,
        "newest": newest_policy(),
        "own": own_modules_for(require(request, Action.SET_UP)),
        "shipped": len(shipped()),
    }
    return render(request, "setup/speaking.html", facts, status=400 if bad else 200)


def _rules_initial() -> dict[str, Any]:
    rules = rules_in_force()
    if rules is None or rules.trained_from is None:
        must_sign = rules.must_sign if rules else False
        soon = timezone.now().date() + timedelta(days=7)
        names = rules.modules if rules and rules.modules else list(shipped())
        return {"trained": "no", "trained_from": soon, "names": names, "must_sign": must_sign}
    return {
        "trained": "yes",
        "trained_from": rules.trained_from.date(),
        "names": rules.modules,
        "must_sign": rules.must_sign,
    }


def _policy_initial() -> dict[str, Any]:
    newest = newest_policy()
    return {"text": newest.text if newest else "", "days": "7"}


@require_http_methods(["GET", "POST"])
def module(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a training of the company's own, or change it; "Show" draws it without saving."""
    person = require(request, Action.SET_UP)
    row = get_own_module_for(person, pk) if pk is not None else None
    form = ModuleForm(request.POST or None, initial=_module_initial(row))

    def act() -> None:
        save_own_module(row, by=person, now=timezone.now(), **form.cleaned_data)

    showing = "show" in request.POST
    if not showing and accepted(form, act):
        messages.success(request, f"{form.cleaned_data['title']} is saved.")
        return redirect("speaking")
    facts: dict[str, Any] = {"form": form, "row": row}
    if showing and form.is_valid():
        facts |= _shown(form)
    status = 400 if form.is_bound and not (showing and form.is_valid()) else 200
    return render(request, "setup/module.html", facts, status=status)


def _module_initial(row: OwnModule | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {name: getattr(row, name) for name in ModuleForm.base_fields}


def _shown(form: ModuleForm) -> dict[str, Any]:
    """What is typed as it would be read; what cannot be read stands in the form."""
    try:
        parts, questions = (
            lesson_typed(form.cleaned_data["lesson"]),
            quiz_typed(form.cleaned_data["quiz"]),
        )
    except BadInput as error:
        form.add_error(None, sentence(error))
        return {}
    return {"parts": parts, "questions": questions}


@require_POST
def module_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_own_module_for(person, pk)
    retire_module(row, by=person)
    messages.success(request, f"{row.title} is taken away. What was passed stays in the records.")
    return redirect("speaking")


@require_POST
def channel_keepers(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who looks after an account, and who does when they are away."""
    person = require(request, Action.SET_UP)
    channel = get_channel_for(person, pk)
    able = {str(one.pk): one for one in keepers()}
    chosen = [request.POST.get(name, "") for name in ("owner", "deputy")]
    owner, deputy = (able.get(one) for one in chosen)
    try:
        if any(one and one not in able for one in chosen):
            raise BadInput("Choose people from the list: those who may speak for the company.")
        put_in_charge(channel, owner=owner, deputy=deputy, by=person)
    except (BadInput, NotAllowed) as error:
        messages.error(request, f"{channel}: {error}")
    else:
        messages.success(request, f"{channel} is looked after as you said.")
    return redirect("channels")
