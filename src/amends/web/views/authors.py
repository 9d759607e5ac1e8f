"""Who authors are to us: said of one by hand, of many by a list."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from amends.casework import Action
from amends.desk.actions.roles import mark_accounts, mark_author
from amends.desk.queries.heard import heard_of_late
from amends.desk.queries.roles import accounts_said, get_author_for, get_mark_for
from amends.terms import AuthorRole, BadInput, network_name, written_handle
from amends.web.asking import require
from amends.web.heardpage import ROLES
from amends.web.views.setup_shared import accepted

LARGEST_FILE = 1_000_000
MEANING = {
    AuthorRole.CUSTOMER: "somebody whom we serve",
    AuthorRole.COMPETITOR: "heard, never answered; opens no case",
    AuthorRole.EMPLOYEE: "one of our own people; opens no case",
    AuthorRole.PRESS: "writes for the public",
    AuthorRole.INDUSTRY: "analysts, associations, suppliers",
}


class ListForm(forms.Form):
    role = forms.ChoiceField(
        choices=[(str(role), f"{role.capitalize()}: {what}") for role, what in MEANING.items()],
        label="They are",
    )
    network = forms.ChoiceField(required=False, label="On")
    handles = forms.CharField(
        required=False,
        max_length=1_000_000,
        label="Handles",
        help_text="One a line, with or without @.",
        widget=forms.Textarea(
            attrs={"rows": 6, "placeholder": "@halcyonair\n@meridian_ceo", "spellcheck": "false",
                   "autocapitalize": "off"}
        ),
    )  # fmt: skip
    file = forms.FileField(
        required=False, label="Or a file", help_text="Plain text, one handle a line, at most 1 MB."
    )

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        networks = [(name, network_name(name)) for name in heard_of_late()[0]]
        self.fields["network"] = forms.ChoiceField(
            required=False, label="On", choices=[("", "Any network"), *networks]
        )

    def lines(self) -> list[str]:
        """What was typed and what the file holds. Raises ``BadInput``."""
        lines = str(self.cleaned_data["handles"]).splitlines()
        file = self.cleaned_data["file"]
        if file is None:
            return lines
        if file.size > LARGEST_FILE:
            raise BadInput("The file is larger than 1 MB. Cut it in two.")
        try:
            return [*lines, *file.read().decode("utf-8-sig").splitlines()]
        except UnicodeDecodeError as error:
            raise BadInput("The file is no plain text in UTF-8. Save it as that.") from error


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The accounts of which somebody has said what they are; a list of more is pasted here."""
    person = require(request, Action.SET_UP)
    form = ListForm(request.POST or None, request.FILES or None)
    changed = 0

    def act() -> None:
        nonlocal changed
        typed = form.cleaned_data
        changed = mark_accounts(
            form.lines(),
            role=AuthorRole(typed["role"]),
            network=typed["network"],
            by=person,
            now=timezone.now(),
        )

    if accepted(form, act):
        noun = "account" if changed == 1 else "accounts"
        messages.success(request, f"Saved: {changed} {noun} changed.")
        return redirect("authors")
    role, words = request.GET.get("role", ""), request.GET.get("words", "").replace("\0", "")[:100]
    role = role if role in ROLES else ""
    said, count = accounts_said(person, role=role, words=words)
    facts = {"form": form, "said": said, "count": count, "roles": ROLES, "role": role}
    facts["words"] = words
    return render(request, "setup/authors.html", facts, status=400 if form.is_bound else 200)


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was said of one account."""
    person = require(request, Action.SET_UP)
    mark = get_mark_for(person, pk)
    mark_accounts([mark.handle], role=None, network=mark.network, by=person, now=timezone.now())
    messages.success(request, f"{written_handle(mark.handle, mark.network)} is like anybody again.")
    return redirect("authors")


@require_POST
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """Say by hand what the author of a post is to us; "" takes it back."""
    person = require(request, Action.WORK)
    author = get_author_for(person, pk)
    asked = request.POST.get("role", "")
    if asked not in {"", *ROLES}:
        raise BadInput("Choose a role from the list.")
    mark_author(author, role=AuthorRole(asked) if asked else None, by=person, now=timezone.now())
    who = written_handle(author.handle, author.network) or "The author"
    messages.success(request, f"{who}: {ROLES.get(asked, 'role not known').lower()}.")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the form stood, if it was a page of the desk."""
    there = request.POST.get("back", "")
    host = request.get_host()
    own = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts={host})
    return there if own else reverse("heard")
