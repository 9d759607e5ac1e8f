"""A complaint that no network brought: entered by hand, and worked as any other."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from amends.casework import Action, Priority
from amends.casework.contacts import mail_address, phone_number
from amends.casework.entry import Came
from amends.casework.scheduling import moment_of, on_the_wall
from amends.desk.actions.entering import LONGEST, Told, enter_complaint
from amends.desk.models import Brand, Responder
from amends.desk.workers.hooks import reading_of
from amends.desk.workers.run import new_ref
from amends.terms import BadInput
from amends.web.asking import require
from amends.web.views.setup_clock_forms import Read
from amends.web.views.setup_shared import accepted
from amends.web.words import PRIORITIES

CAME = {
    Came.PHONE: "Telephone",
    Came.COUNTER: "Face to face",
    Came.LETTER: "Letter",
    Came.EMAIL: "E-mail",
}


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class ComplaintForm(forms.Form):
    """What somebody told us."""

    brand = forms.ModelChoiceField(Brand.objects.none(), label="Brand", empty_label=None)
    came = forms.ChoiceField(choices=[(str(k), v) for k, v in CAME.items()], label="How it came")
    when = forms.CharField(
        label="When", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    name = forms.CharField(required=False, max_length=120, label="Their name")
    phone = Read(
        phone_number,
        empty="",
        required=False,
        max_length=40,
        label="Their telephone",
        help_text="With its country. The same number is the same person.",
    )
    mail = Read(mail_address, empty="", required=False, max_length=254, label="Their e-mail")
    said = forms.CharField(
        max_length=LONGEST,
        widget=_lines(5),
        label="What they said",
        help_text="In their own words where you can.",
    )
    priority = forms.TypedChoiceField(
        coerce=lambda sent: Priority(int(sent)),
        choices=[(value, word) for value, word in PRIORITIES.items()],
        initial=Priority.NORMAL.value,
        label="Priority",
    )
    answered = forms.CharField(
        required=False,
        max_length=5000,
        widget=_lines(3),
        label="What you answered there and then",
        help_text="It stops the clock of the first answer. Leave it empty if you said you would call back.",
    )
    minutes = forms.IntegerField(
        min_value=1, max_value=480, initial=5, label="How long it took, in minutes"
    )

    def __init__(self, person: Responder, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = person.zone
        self.fields["when"].initial = on_the_wall(now, person.zone)
        self.fields["brand"].queryset = Brand.objects.order_by("name")  # type: ignore[attr-defined]
        first = Brand.objects.order_by("pk").first()
        self.fields["brand"].initial = first.pk if first else None
        self.fields["when"].help_text = f"By the clock of {person.zone}."

    def clean_when(self) -> datetime:
        try:
            return moment_of(self.cleaned_data["when"], self.zone)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error

    def told(self) -> Told:
        kept = self.cleaned_data
        names = ("said", "name", "phone", "mail", "answered", "minutes", "priority")
        return Told(
            came=Came(kept["came"]), at=kept["when"], **{name: kept[name] for name in names}
        )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a complaint; the case is shown then."""
    person = require(request, Action.WORK)
    now = timezone.now()
    form = ComplaintForm(person, request.POST or None, now=now)
    made = []

    def act() -> None:
        reading, _ = reading_of(form.cleaned_data["said"], form.cleaned_data["brand"])
        made.append(
            enter_complaint(
                form.told(),
                brand=form.cleaned_data["brand"],
                reading=reading,
                by=person,
                now=now,
                new_ref=new_ref,
            )
        )

    if accepted(form, act):
        case, opened = made[0]
        if not opened:
            messages.success(request, "They have a case already, so it goes on there.")
        return redirect("case", case.ref)
    return render(request, "case/enter.html", {"form": form}, status=400 if form.is_bound else 200)
