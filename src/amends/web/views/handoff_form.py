"""The form of a private page: what the brand asks for, and a message."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from amends.casework.contacts import mail_address, phone_number
from amends.casework.handoff import LONGEST_ANSWER, LONGEST_MESSAGE, FieldKind
from amends.desk.models import IntakePage
from amends.desk.queries.handoffs import asked_by
from amends.terms import BadInput

_AUTO: Final = {FieldKind.EMAIL: "email", FieldKind.PHONE: "tel"}
_WRONG: Final = {
    FieldKind.EMAIL: "That is no e-mail address. Write one as care@example.com.",
    FieldKind.PHONE: "That is no telephone number. Write it with its country, as +49 30 901820.",
}
"""Our readers name what was typed; here the field still holds it, and the sentence is translated."""


class Checked(forms.CharField):
    """A text that one of our own readers checks, whose refusal stands beside the field."""

    def __init__(self, kind: FieldKind, **facts: Any) -> None:
        self.kind = kind
        super().__init__(**facts)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            if self.kind is FieldKind.PHONE:
                return phone_number(typed)
            return mail_address(typed) if self.kind is FieldKind.EMAIL else typed
        except BadInput as error:
            raise forms.ValidationError(_(_WRONG[self.kind])) from error


def _field(kind: FieldKind, label: str, *, required: bool) -> forms.Field:
    told: dict[str, Any] = {"label": label, "required": required}
    if kind is FieldKind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **told)
    attrs = {"autocomplete": _AUTO.get(kind, "off"), "dir": "auto"}
    widget: forms.Widget = forms.TextInput(attrs=attrs)
    if kind is FieldKind.LONG:
        widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    elif kind is FieldKind.EMAIL:
        widget = forms.EmailInput(attrs=attrs)
    elif kind is FieldKind.PHONE:
        widget = forms.TextInput(attrs={**attrs, "inputmode": "tel"})
    return Checked(kind, widget=widget, max_length=LONGEST_ANSWER, **told)


class IntakeForm(forms.Form):
    """``seated``: the customer has the page already, so that only a message is asked for."""

    message = forms.CharField(
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    attempt = forms.RegexField(r"^[0-9a-f]{16}$", widget=forms.HiddenInput())

    def __init__(self, page: IntakePage, *args: Any, seated: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [] if seated else asked_by(page)
        for number, one in enumerate(self.asked):
            self.fields[f"f{number}"] = _field(one.kind, _(one.label), required=one.required)
        asks = _("Write to us") if seated else _("What would you like us to know?")
        self.fields["message"].label = asks

    def answers(self) -> dict[str, str]:
        """What was filled in, by what was asked."""
        values = (self.cleaned_data.get(f"f{number}") for number in range(len(self.asked)))
        return {one.label: str(value or "") for one, value in zip(self.asked, values, strict=True)}

    def things(self) -> list[forms.BoundField]:
        return [self[f"f{number}"] for number in range(len(self.asked))]
