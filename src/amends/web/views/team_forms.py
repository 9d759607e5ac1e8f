"""Forms of teams, skills, seats and rest."""

from typing import TYPE_CHECKING, Any

from django import forms

from amends.casework.saying import LANGUAGES
from amends.connectors.registry import networks
from amends.desk.models import Responder, RoutingRules, SeatRow, Skill, Team
from amends.desk.queries.routing import language_of, seat_of, skills_for, workers_for
from amends.terms import BadInput, network_name
from amends.understanding.intents import TOPICS
from amends.web.views.setup_clock_forms import Read
from amends.web.words import PRIORITIES

_CODES = {name.casefold(): code for code, name in LANGUAGES.items()}


def listed(typed: str) -> list[str]:
    """What stands between commas and line ends, each once, in order."""
    parts = (" ".join(part.split()) for part in typed.replace("\n", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))


def languages_typed(typed: str) -> list[str]:
    """Languages by name or by code. Raises ``BadInput`` naming the first that is neither."""
    codes = []
    for word in listed(typed):
        code = _CODES.get(word.casefold()) or language_of(word)
        if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
            raise BadInput(f"“{word[:30]}” is no language. Write German, or its code de.")
        codes.append(code)
    return list(dict.fromkeys(codes))


def languages_text(codes: list[str]) -> str:
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


def languages_field(help_text: str) -> forms.CharField:
    return Read(
        languages_typed, empty=[], required=False, max_length=300, label="Languages",
        help_text=help_text,
        widget=forms.TextInput(attrs={"placeholder": "English, German", "autocomplete": "off"}),
    )  # fmt: skip


def networks_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        required=False,
        label="Networks",
        choices=[(name, network_name(name)) for name in networks()],
        widget=forms.CheckboxSelectMultiple,
    )


if TYPE_CHECKING:
    _Choice = forms.ModelMultipleChoiceField[Responder]
else:
    _Choice = forms.ModelMultipleChoiceField


class _People(_Choice):
    def label_from_instance(self, obj: Responder) -> str:
        return obj.name


class TeamForm(forms.Form):
    name = forms.CharField(max_length=60, label="Name")
    people = _People(
        queryset=Responder.objects.none(),
        required=False,
        label="Who is in it",
        widget=forms.CheckboxSelectMultiple,
    )
    networks = networks_field()
    languages = languages_field("Only cases in these. Empty: in any language, known or not.")
    skills = forms.ModelMultipleChoiceField(
        queryset=Skill.objects.none(),
        required=False,
        label="Cases that need one of these skills",
        widget=forms.CheckboxSelectMultiple,
    )
    least = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any"), *((value, f"{word} and up") for value, word in PRIORITIES.items())],
        label="Severity",
    )
    place = forms.IntegerField(
        min_value=0,
        max_value=999,
        initial=0,
        label="Place",
        help_text="The first team that takes a case has it; 0 is asked first.",
    )
    by_rota = forms.BooleanField(
        required=False, initial=True, label="Give cases only to those the rota has there"
    )
    hands_on = forms.BooleanField(
        required=False,
        label="When a customer writes while the owner is off duty, give the case to somebody there",
    )

    def __init__(self, *args: Any, person: Responder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["people"]
        skills: Any = self.fields["skills"]
        people.queryset = workers_for(person).order_by("name", "pk")
        skills.queryset = skills_for(person)


def team_initial(row: Team | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("name", "networks", "least", "place", "by_rota", "hands_on")
    return {name: getattr(row, name) for name in names} | {
        "languages": languages_text(row.languages),
        "people": list(row.members.values_list("person", flat=True)),
        "skills": list(row.skills.values_list("pk", flat=True)),
    }


def _lines(label: str, help_text: str, *, longest: int = 6000) -> forms.CharField:
    return Read(
        listed, empty=[], required=False, max_length=longest, label=label, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )  # fmt: skip


class SkillForm(forms.Form):
    """Which cases need it: one of these is enough."""

    name = forms.CharField(max_length=40, label="Name", help_text="Such as billing, or safety.")
    words = _lines("Words", "In the post that opened the case; between commas.")
    topics = forms.MultipleChoiceField(
        required=False,
        label="Topics",
        choices=[(name.partition(".")[2],) * 2 for name in TOPICS],
        widget=forms.CheckboxSelectMultiple,
    )
    labels = _lines("Labels", "That somebody put on the case; between commas.")
    networks = networks_field()


def skill_initial(row: Skill | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "name": row.name,
        "networks": row.networks,
        "topics": row.topics,
        "labels": ", ".join(row.labels),
        "words": ", ".join(row.words),
    }


class SeatForm(forms.Form):
    capacity = forms.IntegerField(
        min_value=0,
        max_value=500,
        label="Cases in hand at most",
        help_text="New and open ones. What waits on the customer or is snoozed does not count.",
    )
    languages = languages_field("Empty: cases in any language are given to them.")
    skills = forms.ModelMultipleChoiceField(
        queryset=Skill.objects.none(),
        required=False,
        label="Skills",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, person: Responder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        skills: Any = self.fields["skills"]
        skills.queryset = skills_for(person)


def seat_initial(person: Responder) -> dict[str, Any]:
    row: SeatRow = seat_of(person)
    return {
        "capacity": row.capacity,
        "languages": languages_text(row.languages),
        "skills": list(row.skills.values_list("pk", flat=True)) if row.pk else [],
    }


class RestForm(forms.Form):
    after = forms.IntegerField(
        min_value=0, max_value=1000, label="After so many abusive cases", help_text="0: never."
    )
    hours = forms.IntegerField(min_value=1, max_value=720, label="Within so many hours")
    from_all = forms.TypedChoiceField(
        coerce=lambda sent: sent == "1",
        choices=[("1", "No new case at all"), ("0", "No more abusive cases")],
        label="They are given",
    )


def rest_initial(rules: RoutingRules) -> dict[str, Any]:
    return {
        "after": rules.rest_after,
        "hours": rules.rest_hours,
        "from_all": "1" if rules.rest_from_all else "0",
    }
