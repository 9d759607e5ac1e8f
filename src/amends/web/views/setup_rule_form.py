"""The form of a rule: a field for each thing a rule can ask about or do, and back."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django import forms

from amends.casework import CaseState
from amends.casework.automation import (
    LEADS,
    OWNER,
    Act,
    Condition,
    Do,
    Fact,
    Rule,
    Trigger,
)
from amends.casework.clocks import Clock
from amends.casework.saying import LANGUAGES, Names, minutes_of, span_words
from amends.casework.typed import span_typed
from amends.connectors.registry import networks
from amends.desk.queries.ruling import names_now
from amends.terms import AuthorRole, BadInput, WatchKind, network_name
from amends.web.views.setup_shared import sentence
from amends.web.words import CLOCKS, PRIORITIES, STATES

Choices = Sequence[tuple[str, str]]
TRIGGERS: Final = {
    Trigger.OPENED: "A case opens",
    Trigger.ANSWERED: "The customer answers",
    Trigger.BREACHED: "A clock runs out",
    Trigger.WAITED: "A case has waited",
}
BANDS: Final = {
    "to1k": "Under 1,000",
    "to10k": "1,000 to 10,000",
    "to100k": "10,000 to 100,000",
    "more": "100,000 or more",
}
SEVERITIES: Final = {
    "disapproval": "Disapproval or worse",
    "accusation": "Accusation or worse",
    "blame": "Blame",
}
REPLIES: Final = {"": "Nothing", "private": "In private", "public": "In public"}
ONE_OF: Final = (
    (Fact.NETWORK, "Network"),
    (Fact.LANGUAGE, "Language"),
    (Fact.BRAND, "Brand"),
    (Fact.VISIBILITY, "Public or private"),
    (Fact.WATCH, "Watch"),
    (Fact.ROLE, "Author"),
    (Fact.FOLLOWERS, "Followers"),
    (Fact.STATE, "State"),
    (Fact.CLOCK, "Clock that ran out"),
)
TYPED: Final = ((Fact.LABEL, "Labels"), (Fact.WORDS, "Words in the post"))
LEAST: Final = ((Fact.SEVERITY, "Severity of the complaint"), (Fact.PRIORITY, "Priority"))


def _choices(fact: Fact, brands: Choices) -> Choices:
    known: dict[Fact, Callable[[], Choices]] = {
        Fact.NETWORK: lambda: [(name, network_name(name)) for name in networks()],
        Fact.LANGUAGE: lambda: sorted(LANGUAGES.items(), key=lambda one: one[1]),
        Fact.BRAND: lambda: brands,
        Fact.VISIBILITY: lambda: [("public", "Public"), ("private", "Private")],
        Fact.WATCH: lambda: [(str(one), str(one).capitalize()) for one in WatchKind],
        Fact.ROLE: lambda: [(str(one), str(one).capitalize()) for one in AuthorRole],
        Fact.FOLLOWERS: lambda: list(BANDS.items()),
        Fact.STATE: lambda: [(str(one), STATES[one]) for one in CaseState],
        Fact.CLOCK: lambda: [(str(one), CLOCKS[one].capitalize()) for one in Clock],
        Fact.SEVERITY: lambda: [("", "Any"), *SEVERITIES.items()],
        Fact.PRIORITY: lambda: [("", "Any"), *((str(p), w) for p, w in PRIORITIES.items())],
    }
    return known[fact]()


class RuleForm(forms.Form):
    """Each condition is a field named after its fact, with ``not_`` before it where none of the
    values is meant; each act one named ``do_`` and what is done."""

    name = forms.CharField(
        max_length=80, label="Name", help_text="Stands in the trail of each case."
    )
    trigger = forms.ChoiceField(
        choices=list(TRIGGERS.items()), label="When", widget=forms.RadioSelect, initial="opened"
    )
    after = forms.CharField(
        required=False, max_length=20, label="For how long", help_text="As 30 min, 4 h or 2 d; only for “A case has waited”.",
        widget=forms.TextInput(attrs={"placeholder": "4 h"}),
    )  # fmt: skip

    def __init__(self, *args: Any, names: Names | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names = names or names_now()
        brands = list(names.brands.items())
        for fact, label in ONE_OF:
            self.fields[fact] = forms.MultipleChoiceField(
                required=False, label=label, choices=_choices(fact, brands),
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        for fact, label in TYPED:
            self.fields[fact] = _text(label, "One a line; any of them is enough.", rows=2)
        for fact, label in LEAST:
            self.fields[fact] = forms.ChoiceField(
                required=False, label=label, choices=_choices(fact, brands)
            )
        self.fields[Fact.WAITING] = _span("The customer has waited for at least")
        for fact, _ in (*ONE_OF, *TYPED):
            self.fields[f"not_{fact}"] = forms.BooleanField(required=False, label="None of these")
        self._put_acts(list(names.people.items()), list(names.teams.items()), names.snippets)

    def _put_acts(self, people: Choices, teams: Choices, snippets: Any) -> None:
        told = [(LEADS, "The lead"), (OWNER, "Its owner"), *people]
        self.fields["do_label"] = _text("Put on the labels", "One a line.", rows=2)
        self.fields["do_person"] = _select("Hand it to", [("", "Nobody"), *people])
        self.fields["do_team"] = _select("Or to team", [("", "None"), *teams])
        priorities = [("", "As it is"), *((str(p), w) for p, w in PRIORITIES.items())]
        self.fields["do_priority"] = _select("Set its priority to", priorities)
        self.fields["do_snooze"] = _span("Snooze it for")
        self.fields["do_note"] = _text("Write a note", "For colleagues only.", rows=2)
        self.fields["do_tell"] = forms.MultipleChoiceField(
            required=False, label="Tell", choices=told, widget=forms.CheckboxSelectMultiple
        )
        self.fields["do_reply"] = forms.ChoiceField(
            required=False, label="Reply", choices=list(REPLIES.items()), widget=forms.RadioSelect,
            help_text="Only what an administrator grants beside this rule goes out, with a cap.",
        )  # fmt: skip
        self.fields["do_snippet"] = _select("With the snippet", [("", "None"), *snippets.items()])

    def conditions_shown(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Fields with many values, each with its ``not_``."""
        return [(self[fact], self[f"not_{fact}"]) for fact, _ in (*ONE_OF, *TYPED)]

    def least_shown(self) -> list[forms.BoundField]:
        return [*(self[fact] for fact, _ in LEAST), self[Fact.WAITING]]

    def rule(self) -> Rule:
        """What the form says. Raises ``BadInput`` for a length of time that is none."""
        typed = self.cleaned_data
        trigger = Trigger(typed["trigger"])
        after = _minutes(typed["after"]) if trigger is Trigger.WAITED else 0
        return Rule(trigger, tuple(self._acts()), tuple(self._conditions()), after)

    def _conditions(self) -> list[Condition]:
        typed, found = self.cleaned_data, list[Condition]()
        for fact, _ in (*ONE_OF, *TYPED):
            given = typed.get(fact) or ()
            values = lines_of(given) if isinstance(given, str) else tuple(given)
            if values:
                found.append(Condition(fact, values, bool(typed.get(f"not_{fact}"))))
        for fact, _ in LEAST:
            if typed.get(fact):
                found.append(Condition(fact, (typed[fact],)))
        if typed.get(Fact.WAITING):
            found.append(Condition(Fact.WAITING, (str(_minutes(typed[Fact.WAITING])),)))
        return found

    def _acts(self) -> list[Act]:
        typed = self.cleaned_data
        acts = [Act(Do.LABEL, name.lower()) for name in lines_of(typed["do_label"])]
        chosen = [(do, typed[f"do_{do}"]) for do in (Do.PERSON, Do.TEAM, Do.PRIORITY)]
        acts += [Act(do, value) for do, value in chosen if value]
        if typed["do_snooze"]:
            acts.append(Act(Do.SNOOZE, str(_minutes(typed["do_snooze"]))))
        if typed["do_note"].strip():
            acts.append(Act(Do.NOTE, typed["do_note"].strip()))
        acts += [Act(Do.TELL, one) for one in typed["do_tell"]]
        if typed["do_reply"]:
            do = Do.REPLY_IN_PUBLIC if typed["do_reply"] == "public" else Do.REPLY_IN_PRIVATE
            acts.append(Act(do, typed["do_snippet"]))
        return acts


def initial_of(name: str, rule: Rule) -> dict[str, Any]:
    """A rule as the form shows it."""
    found: dict[str, Any] = {"name": name, "trigger": rule.trigger, "do_tell": []}
    if rule.after:
        found["after"] = span_words(rule.after)
    typed = {fact for fact, _ in TYPED}
    for one in rule.conditions:
        if one.fact is Fact.WAITING:
            found[one.fact] = span_words(int(one.values[0]))
        elif one.fact in {Fact.SEVERITY, Fact.PRIORITY}:
            found[one.fact] = one.values[0]
        else:
            found[one.fact] = "\n".join(one.values) if one.fact in typed else list(one.values)
            found[f"not_{one.fact}"] = one.but
    labels = [act.value for act in rule.acts if act.do is Do.LABEL]
    found["do_label"] = "\n".join(labels)
    for act in rule.acts:
        _put_act(found, act)
    return found


def _put_act(found: dict[str, Any], act: Act) -> None:
    match act.do:
        case Do.TELL:
            found["do_tell"].append(act.value)
        case Do.SNOOZE:
            found["do_snooze"] = span_words(int(act.value))
        case Do.REPLY_IN_PRIVATE | Do.REPLY_IN_PUBLIC:
            found["do_reply"] = "public" if act.do is Do.REPLY_IN_PUBLIC else "private"
            found["do_snippet"] = act.value
        case Do.LABEL:
            pass
        case _:
            found[f"do_{act.do}"] = act.value


def _minutes(text: str) -> int:
    try:
        return minutes_of(span_typed(text))
    except BadInput as error:
        raise BadInput(sentence(error)) from error


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip())
    )


def _text(label: str, hint: str, *, rows: int) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=2_000, label=label, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _span(label: str) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=20, label=label,
        widget=forms.TextInput(attrs={"placeholder": "4 h"}),
    )  # fmt: skip


def _select(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, label=label, choices=choices)
