"""People: who works at the desk, their roles, and their way in."""

import secrets

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action, Role
from amends.desk.actions import change_role, invite_responder, make_sign_in_link
from amends.desk.actions.people import LINK_LASTS
from amends.desk.actions.teams import pass_on_cases
from amends.desk.models import Responder
from amends.desk.queries.setup import get_person_for, people_for
from amends.desk.queries.speaking import left_behind
from amends.web.asking import require
from amends.web.views.setup_shared import accepted

ROLES = {
    Role.ADMINISTRATOR: "everything, with set-up and people",
    Role.LEAD: "answers, hands out cases, erases customers",
    Role.RESPONDER: "answers customers and works cases",
    Role.ANALYST: "reads everything, writes notes",
    Role.SALES: "reads public cases and what was heard",
    Role.VIEWER: "reads, changes nothing",
}


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        choices=[(str(role), f"{role.capitalize()}: {what}") for role, what in ROLES.items()],
        initial=str(Role.RESPONDER),
        label="Role",
    )
    may_approve = forms.BooleanField(required=False, label="May approve what others wrote")


class InviteForm(RoleForm):
    name = forms.CharField(max_length=120, label="Name", help_text="Initials sign public replies.")
    email = forms.EmailField(
        max_length=254,
        label="E-mail address",
        help_text="They sign in with it. Nothing is sent to it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "email", "role", "may_approve")


class ChangeForm(RoleForm):
    is_active = forms.BooleanField(required=False, label="May sign in")


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody, with roles."""
    person = require(request, Action.PEOPLE)
    return render(request, "people/people.html", {"people": people_for(person)})


@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague; the answer shows their one-time link, once."""
    person = require(request, Action.PEOPLE)
    form = InviteForm(request.POST or None)
    invited: list[Responder] = []

    def act() -> None:
        typed = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        invited.append(invite_responder(by=person, **typed))

    if accepted(form, act):
        return _link_page(request, invited[0], status=201)
    status = 400 if form.is_bound else 200
    return render(request, "people/invite.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a role, or whether somebody may sign in."""
    person = require(request, Action.PEOPLE)
    other = get_person_for(person, pk)
    known = {name: getattr(other, name) for name in ("role", "may_approve", "is_active")}
    form = ChangeForm(request.POST or None, initial=known)

    def act() -> None:
        typed = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        change_role(other, by=person, **typed)
        other.refresh_from_db()
        pass_on_cases(other, by=person, now=timezone.now())

    if accepted(form, act):
        messages.success(request, f"{other.name} is saved.")
        for channel in left_behind(other):
            messages.warning(
                request, f"{channel} was looked after by {other.name}. Say who does from now on."
            )
        return redirect("inbox" if _gave_up_people(person, other, form) else "people")
    status = 400 if form.is_bound else 200
    return render(request, "people/person.html", {"form": form, "person": other}, status=status)


def _gave_up_people(person: Responder, other: Responder, form: ChangeForm) -> bool:
    return person.pk == other.pk and form.cleaned_data["role"] != Role.ADMINISTRATOR


@never_cache
@require_POST
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new one-time link; the older one ends."""
    person = require(request, Action.PEOPLE)
    return _link_page(request, get_person_for(person, pk))


def _link_page(request: HttpRequest, other: Responder, *, status: int = 200) -> HttpResponse:
    token = make_sign_in_link(
        other, now=timezone.now(), new_token=lambda: secrets.token_urlsafe(32)
    )
    link = request.build_absolute_uri(reverse("enter", args=[token]))
    hours = int(LINK_LASTS.total_seconds() // 3600)
    facts = {"person": other, "link": link, "hours": hours}
    return render(request, "people/link.html", facts, status=status)
