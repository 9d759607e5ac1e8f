"""Set-up of macros: several steps by one key, read as a sentence."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.casework.macros import DIGITS, ME, STATES, Do, Macro, Step, check_macro, macro_of, says
from amends.casework.saying import minutes_of, span_words
from amends.casework.typed import span_typed
from amends.desk.actions.macros import remove_macro, save_macro
from amends.desk.queries.macros import macros_for, readable_macros
from amends.desk.queries.ruling import names_now
from amends.desk.queries.timing import get_one_of
from amends.terms import BadInput
from amends.web.asking import require
from amends.web.views.setup_rule_form import lines_of
from amends.web.views.setup_shared import accepted, sentence
from amends.web.words import PRIORITIES

MODES = {
    "": "Where somebody is writing",
    "public": "A public reply",
    "private": "A private message",
}
_ONE = (Do.PRIORITY, Do.PERSON, Do.TEAM, Do.INSERT, Do.STATE)


class MacroForm(forms.Form):
    """A field for each kind of step, in the order in which they are done."""

    name = forms.CharField(max_length=80, label="Name")
    key = forms.ChoiceField(
        required=False,
        label="Key",
        choices=[("", "None"), *((one, one) for one in DIGITS)],
        help_text="Pressed on an open case it runs the macro.",
    )
    label = forms.CharField(
        required=False, max_length=500, label="Put on the labels", help_text="One a line.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    unlabel = forms.CharField(
        required=False, max_length=500, label="Take off the labels", help_text="One a line.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    mode = forms.ChoiceField(
        required=False,
        label="Into",
        choices=list(MODES.items()),
        help_text="It is put in, never sent. What was typed there stays.",
    )
    snooze = forms.CharField(
        required=False, max_length=20, label="Snooze it for",
        widget=forms.TextInput(attrs={"placeholder": "1 d"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = names_now()
        choices: dict[Do, tuple[str, list[tuple[str, str]]]] = {
            Do.PRIORITY: ("Set its priority to", [(str(p), w) for p, w in PRIORITIES.items()]),
            Do.PERSON: ("Hand it to", [(ME, "Whoever runs it"), *names.people.items()]),
            Do.TEAM: ("Or to team", list(names.teams.items())),
            Do.INSERT: ("Put in the snippet", list(names.snippets.items())),
            Do.STATE: ("Then", [(str(s), w.capitalize()) for s, w in STATES.items()]),
        }
        for do, (label, known) in choices.items():
            self.fields[do] = forms.ChoiceField(
                required=False, label=label, choices=[("", "Leave as it is"), *known]
            )

    def macro(self) -> Macro:
        """What the form says. Raises ``BadInput``."""
        typed = self.cleaned_data
        steps = [Step(Do.LABEL, name.lower()) for name in lines_of(typed["label"])]
        steps += [Step(Do.UNLABEL, name.lower()) for name in lines_of(typed["unlabel"])]
        steps += [Step(do, typed[do]) for do in _ONE if typed.get(do)]
        if typed["snooze"]:
            steps.append(Step(Do.SNOOZE, str(minutes_of(span_typed(typed["snooze"])))))
        return Macro(tuple(steps), typed["mode"] if typed.get(Do.INSERT) else "")


def initial_of(macro: Macro) -> dict[str, Any]:
    """A macro as the form shows it."""
    found: dict[str, Any] = {str(step.do): step.value for step in macro.steps}
    for do in (Do.LABEL, Do.UNLABEL):
        found[do] = "\n".join(step.value for step in macro.steps if step.do is do)
    if Do.SNOOZE in found:
        found[Do.SNOOZE] = span_words(int(found[Do.SNOOZE]))
    return found | {"mode": macro.mode}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every macro as a sentence, with its key."""
    person = require(request, Action.SET_UP)
    names = names_now()
    rows = [(row, says(macro, names)) for row, macro in readable_macros(macros_for(person))]
    return render(request, "setup/macros.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change a macro; without scripts "Show as a sentence" draws the page with it."""
    person = require(request, Action.SET_UP)
    row = get_one_of(macros_for(person), pk) if pk is not None else None
    start = initial_of(macro_of(row.data)) | {"name": row.name, "key": row.key} if row else {}
    made = MacroForm(request.POST or None, initial=start)

    def act() -> None:
        typed = made.cleaned_data
        save_macro(
            row, name=typed["name"], key=typed["key"], macro=made.macro(), by=person,
            now=timezone.now(),
        )  # fmt: skip

    previewing = "preview" in request.POST
    if not previewing and accepted(made, act):
        messages.success(request, f"{made.cleaned_data['name']} is saved.")
        return redirect("macros")
    versions = row.versions.select_related("by").order_by("-number")[:20] if row else []
    names = names_now()
    facts = {
        "form": made,
        "row": row,
        "versions": [(one, says(macro_of(one.data), names)) for one in versions],
        **_preview(made),
    }
    status = 400 if made.is_bound and not previewing else 200
    return render(request, "setup/macro.html", facts, status=status)


@require_GET
def sample(request: HttpRequest) -> HttpResponse:
    """What is chosen, as a sentence: a part of the macro's page."""
    require(request, Action.SET_UP)
    return render(request, "setup/_macro_sample.html", _preview(MacroForm(request.GET)))


def _preview(made: MacroForm) -> dict[str, Any]:
    if not made.is_bound:
        made = MacroForm({name: made[name].value() or "" for name in made.fields})
    made.is_valid()
    try:
        macro = made.macro()
        check_macro(macro)
    except (BadInput, KeyError) as error:
        chosen = any(value for name, value in made.cleaned_data.items() if name != "name")
        is_said = isinstance(error, BadInput) and chosen
        return {"sample_error": sentence(error) if is_said else ""}
    return {"says": says(macro, names_now())}


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_one_of(macros_for(person), pk)
    remove_macro(row, by=person, now=timezone.now())
    messages.success(request, f"{row.name} is removed.")
    return redirect("macros")
