"""Set-up of clocks: SLA policies and business hours, each with a preview."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action, Priority
from amends.casework.clocks import Clock
from amends.casework.hours import ALWAYS
from amends.casework.sla import SHIPPED
from amends.casework.typed import span_text, windows_text
from amends.desk.actions.timing import (
    remove_hours,
    remove_sla_policy,
    save_hours,
    save_sla_policy,
)
from amends.desk.models import HoursRow, SlaPolicyRow
from amends.desk.queries.clocks import hours_of, policy_of
from amends.desk.queries.timing import (
    customer_named,
    get_one_of,
    handle_of,
    hours_for,
    policies_for,
)
from amends.terms import BadInput, network_name
from amends.web.asking import require
from amends.web.previews import Preview, moment_typed, preview
from amends.web.views.setup_clock_forms import HoursForm, PolicyForm, zone_options
from amends.web.views.setup_shared import accepted, sentence
from amends.web.words import CLOCKS, PRIORITIES


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What is promised to whom, and the hours it goes by."""
    person = require(request, Action.SET_UP)
    hours = hours_for(person)
    facts = {
        "clocks": [CLOCKS[clock].capitalize() for clock in Clock],
        "policies": [(row, _for_whom(row), _promises(row)) for row in policies_for(person)],
        "shipped": [
            (PRIORITIES[one.priority or Priority.NORMAL], [span_text(one.times[c]) for c in Clock])
            for one in SHIPPED
        ],
        "hours": [(row, windows_text(hours_of(row).windows).splitlines()) for row in hours],
    }
    return render(request, "setup/clocks.html", facts)


def _for_whom(row: SlaPolicyRow) -> str:
    parts = [
        f"of {PRIORITIES[row.priority].lower()} severity" if row.priority else "",
        f"on {network_name(row.network)}" if row.network else "",
        f"by @{handle_of(row.customer) or '(erased)'}" if row.customer else "",
    ]
    return " ".join(["Cases", *(part for part in parts if part)]) if any(parts) else "Every case"


def _promises(row: SlaPolicyRow) -> list[str]:
    times = policy_of(row).times
    return [span_text(times[clock]) if clock in times else "none" for clock in Clock]


@require_http_methods(["GET", "POST"])
def policy_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change an SLA policy; without scripts "Show preview" draws the page with it."""
    person = require(request, Action.SET_UP)
    row = get_one_of(policies_for(person), pk) if pk is not None else None
    form = PolicyForm(request.POST or None, initial=_policy_initial(row))

    def act() -> None:
        typed = {name: form.cleaned_data[name] for name in _FACTS}
        customer = customer_named(form.cleaned_data["customer"])
        save_sla_policy(
            row, **typed, customer=customer, times=form.times(), by=person, now=timezone.now()
        )

    previewing = "preview" in request.POST
    if not previewing and accepted(form, act):
        messages.success(request, f"{form.cleaned_data['name']} is saved. Clocks follow at once.")
        return redirect("clocks")
    facts = {"form": form, "row": row, "preview": policy_preview(form, request.POST.get("at", ""))}
    status = 400 if form.is_bound and not previewing else 200
    return render(request, "setup/policy.html", facts, status=status)


_FACTS = ("name", "priority", "network", "hours", "escalate_to")


def _policy_initial(row: SlaPolicyRow | None) -> dict[str, Any]:
    if row is None:
        normal = next(one for one in SHIPPED if one.priority is Priority.NORMAL)
        return {str(clock): span_text(length) for clock, length in normal.times.items()}
    times = {str(clock): span_text(length) for clock, length in policy_of(row).times.items()}
    return {
        "name": row.name,
        "priority": row.priority,
        "network": row.network,
        "customer": handle_of(row.customer),
        "hours": row.hours_id,
        "escalate_to": row.escalate_to_id,
        **times,
    }


def policy_preview(form: PolicyForm, at: str) -> Preview | None:
    """What the form says, as far as it can be read."""
    if not form.is_bound:
        form = PolicyForm({name: form[name].value() or "" for name in form.fields})
    form.is_valid()
    hours = form.cleaned_data.get("hours")
    within = hours_of(hours) if hours else ALWAYS
    times = form.times()
    return preview(within, times, at=moment_typed(at), now=timezone.now()) if times else None


@require_GET
def policy_sample(request: HttpRequest) -> HttpResponse:
    """The preview of what is typed: a part of the policy's page."""
    require(request, Action.SET_UP)
    found = policy_preview(PolicyForm(request.GET), request.GET.get("at", ""))
    return render(request, "setup/_preview.html", {"preview": found})


@require_POST
def policy_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_one_of(policies_for(person), pk)
    remove_sla_policy(row, by=person, now=timezone.now())
    messages.success(request, f"{row.name} no longer holds.")
    return redirect("clocks")


@require_http_methods(["GET", "POST"])
def hours_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change business hours; without scripts "Show preview" draws the page with it."""
    person = require(request, Action.SET_UP)
    row = get_one_of(hours_for(person), pk) if pk is not None else None
    form = HoursForm(request.POST or None, initial=_hours_initial(row))

    def act() -> None:
        typed = form.cleaned_data
        save_hours(
            row, name=typed["name"], hours=form.hours(), cover=typed["cover"], by=person,
            now=timezone.now(),
        )  # fmt: skip

    previewing = "preview" in request.POST
    if not previewing and accepted(form, act):
        messages.success(request, f"{form.cleaned_data['name']} are saved.")
        return redirect("clocks")
    at = request.POST.get("at", "")
    facts = {"form": form, "row": row, "zones": zone_options(), **hours_preview(form, at)}
    status = 400 if form.is_bound and not previewing else 200
    return render(request, "setup/hours.html", facts, status=status)


def _hours_initial(row: HoursRow | None) -> dict[str, Any]:
    if row is None:
        return {"windows": "Mon-Fri 09:00-17:00"}
    facts = {name: getattr(row, name) for name in ("name", "zone", "country", "region", "cover")}
    windows = windows_text(hours_of(row).windows)
    return facts | {"windows": windows, "closed": "\n".join(row.closed)}


def hours_preview(form: HoursForm, at: str) -> dict[str, Any]:
    """The preview of what the form says, or why there is none."""
    if not form.is_bound:
        form = HoursForm({name: form[name].value() or "" for name in form.fields} | {"name": "x"})
    form.fields["name"].required = False
    if not form.is_valid():
        return {"preview": None}
    try:
        hours = form.hours()
    except BadInput as error:
        return {"preview": None, "preview_error": sentence(error)}
    return {"preview": preview(hours, {}, at=moment_typed(at), now=timezone.now())}


@require_GET
def hours_sample(request: HttpRequest) -> HttpResponse:
    """The preview of what is typed: a part of the hours' page."""
    require(request, Action.SET_UP)
    facts = hours_preview(HoursForm(request.GET), request.GET.get("at", ""))
    return render(request, "setup/_preview.html", facts)


@require_POST
def hours_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row = get_one_of(hours_for(person), pk)
    try:
        remove_hours(row, by=person)
    except BadInput as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, f"{row.name} are removed.")
    return redirect("clocks")
