"""Forms of business hours, SLA policies and the rota."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from amends.casework import Priority
from amends.casework.clocks import Clock
from amends.casework.entry import Came
from amends.casework.hours import Hours
from amends.casework.rota import Duty
from amends.casework.typed import dates_typed, span_typed, windows_typed
from amends.connectors.registry import networks
from amends.desk.models import HoursRow, Responder
from amends.desk.queries import owners
from amends.terms import BadInput, network_name
from amends.web.views.setup_shared import sentence
from amends.web.words import CLOCKS, PRIORITIES

COVER = {
    "": "Not checked",
    "hours": "Somebody in these hours",
    "always": "Somebody at any time, in these hours or on call",
}
WHEN = "%Y-%m-%dT%H:%M"


class Read(forms.CharField):
    """A text that is read by one of our own readers, whose refusal stands beside the field."""

    def __init__(self, read: Any, *, empty: Any, **facts: Any) -> None:
        self.read, self.empty = read, empty
        super().__init__(**facts)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return self.empty
        try:
            return self.read(typed)
        except BadInput as error:
            raise forms.ValidationError(sentence(error)) from error


def _lines(rows: int, placeholder: str) -> forms.Textarea:
    return forms.Textarea(
        attrs={"rows": rows, "placeholder": placeholder, "spellcheck": "false", "class": "typed"}
    )


def zone_field() -> forms.CharField:
    return forms.CharField(
        max_length=60,
        initial="UTC",
        label="Time zone",
        help_text="Such as Europe/Berlin. Summer time is kept as there.",
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )


@cache
def zones() -> list[str]:
    """Every zone by name; to list them takes a look into each of the system's files."""
    return sorted(one for one in available_timezones() if "/" in one or one == "UTC")


@cache
def zone_options() -> SafeString:
    """The same as a form offers them, drawn once: there are hundreds."""
    return format_html_join("", '<option value="{}"></option>', ((zone,) for zone in zones()))


class HoursForm(forms.Form):
    name = forms.CharField(max_length=80, label="Name", help_text="What policies call these hours.")
    zone = zone_field()
    windows = Read(
        windows_typed,
        empty=(),
        max_length=2000,
        label="Hours",
        help_text="One line for days with the same hours; several windows a day; over midnight too.",
        widget=_lines(4, "Mon-Fri 09:00-12:30 13:30-18:00\nSat 10:00-14:00"),
    )
    country = forms.CharField(
        required=False,
        max_length=2,
        label="Public holidays of",
        help_text="A country by its two letters, such as DE. Empty: none are kept.",
    )
    region = forms.CharField(
        required=False, max_length=10, label="Region", help_text="Such as BE for Berlin."
    )
    closed = Read(
        dates_typed,
        empty=(),
        required=False,
        max_length=4000,
        label="Further days off",
        help_text="One date a line.",
        widget=_lines(2, "2026-12-24"),
    )
    cover = forms.ChoiceField(
        required=False,
        choices=list(COVER.items()),
        label="The rota must have",
        help_text="Gaps of the next four weeks stand under Rota.",
    )

    def hours(self) -> Hours:
        """Raises ``BadInput``."""
        typed = self.cleaned_data
        return Hours(
            zone=typed["zone"],
            windows=typed["windows"],
            country=typed["country"].upper(),
            region=typed["region"].upper(),
            closed=frozenset(typed["closed"]),
        )


class PolicyForm(forms.Form):
    name = forms.CharField(max_length=80, label="Name", help_text="Shown beside a case's clocks.")
    priority = forms.TypedChoiceField(
        required=False,
        coerce=lambda value: Priority(int(value)),
        empty_value=None,
        label="Severity",
    )
    network = forms.ChoiceField(required=False, label="Network")
    customer = forms.CharField(
        required=False, max_length=253, label="Customer", help_text="A handle. Empty: everybody."
    )
    hours = forms.ModelChoiceField(
        HoursRow.objects.order_by("name"),
        required=False,
        label="Hours",
        empty_label="Day and night",
    )
    escalate_to = forms.ModelChoiceField(
        Responder.objects.none(),
        required=False,
        label="When a clock is missed, hand the case up to",
        empty_label="Nobody",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].choices = [("", "Any"), *PRIORITIES.items()]  # type: ignore[attr-defined]
        named = [(name, network_name(name)) for name in (*networks(), *Came)]
        self.fields["network"].choices = [("", "Any"), *named]  # type: ignore[attr-defined]
        self.fields["escalate_to"].queryset = Responder.objects.filter(  # type: ignore[attr-defined]
            pk__in=[one.pk for one in owners()]
        )
        for clock in Clock:
            self.fields[str(clock)] = Read(
                span_typed,
                empty=None,
                required=False,
                max_length=20,
                label=CLOCKS[clock].capitalize(),
                widget=forms.TextInput(attrs={"placeholder": "4 h"}),
            )

    def promises(self) -> list[forms.BoundField]:
        return [self[str(clock)] for clock in Clock]

    def times(self) -> dict[Clock, Any]:
        given = {clock: self.cleaned_data.get(str(clock)) for clock in Clock}
        return {clock: length for clock, length in given.items() if length is not None}


class TurnForm(forms.Form):
    person = forms.ModelChoiceField(Responder.objects.none(), label="Who", empty_label=None)
    duty = forms.ChoiceField(
        choices=[(Duty.DESK, "At the desk"), (Duty.ON_CALL, "On call")], label="Duty"
    )
    zone = zone_field()
    windows = Read(
        windows_typed,
        empty=(),
        max_length=1000,
        label="Every week",
        widget=_lines(2, "Mon-Fri 09:00-17:00"),
    )
    first = forms.DateField(required=False, label="From", widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(required=False, label="To", widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Responder.objects.filter(is_active=True).order_by("name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    person = forms.ModelChoiceField(Responder.objects.none(), label="Who", empty_label=None)
    zone = zone_field()
    first = forms.DateField(label="First day", widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label="Last day", widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Responder.objects.filter(is_active=True).order_by("name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
