"""Whom to ask for drafts and translations; off until an administrator switches it on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from amends.casework import Action
from amends.desk.actions.drafting import endpoint_in_force, save_endpoint
from amends.desk.drafts import translating, translation_in
from amends.desk.models import DraftEndpoint
from amends.terms import BadInput
from amends.web.asking import require
from amends.web.views.drafting import ask
from amends.web.views.setup_shared import accepted


class EndpointForm(forms.Form):
    enabled = forms.BooleanField(required=False, label="Offer drafts and translations")
    address = forms.CharField(
        max_length=500,
        label="Address",
        help_text="Of an OpenAI-compatible API, up to /v1. One in your own house stands in"
        " AMENDS_ALLOW_HOSTS too.",
        widget=forms.TextInput(
            attrs={"placeholder": "http://127.0.0.1:8080/v1", "autocomplete": "off"}
        ),
    )
    model = forms.CharField(max_length=200, label="Model", help_text="As the endpoint calls it.")
    key = forms.CharField(
        required=False,
        max_length=2000,
        label="Key",
        help_text="Kept encrypted. Empty: as it is.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    language = forms.RegexField(
        r"^[a-z]{2,3}(?:-[A-Za-z]{2,4})?$",
        initial="en",
        label="Language of the desk",
        help_text="Two letters: what posts are translated into.",
    )


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The endpoint. "Save and try" asks it one sentence and shows the answer."""
    person = require(request, Action.SET_UP)
    row = DraftEndpoint.objects.order_by("-pk").first()
    form = EndpointForm(request.POST or None, initial=_initial(row))

    def save() -> None:
        save_endpoint(by=person, now=timezone.now(), **form.cleaned_data)

    if accepted(form, save):
        _say(request)
        return redirect("drafts")
    facts = {"form": form, "endpoint": endpoint_in_force(), "row": row}
    return render(request, "setup/drafts.html", facts, status=400 if form.is_bound else 200)


def _initial(row: DraftEndpoint | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {name: getattr(row, name) for name in ("enabled", "address", "model", "language")}


def _say(request: HttpRequest) -> None:
    endpoint = endpoint_in_force()
    if endpoint is None:
        messages.success(request, "Saved. Drafts are off.")
        return
    try:
        said = translation_in(ask(endpoint, translating("Buenos días", language="en")))
    except BadInput as error:
        messages.error(request, f"Saved, but it does not work yet. {error}")
    else:
        messages.success(request, f"Saved, and it works: “Buenos días” is “{said[:80]}”.")
