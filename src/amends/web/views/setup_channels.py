"""Channels: our accounts, how they are, connecting and switching them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.connectors.registry import networks
from amends.desk.actions import connect_channel, switch_channel
from amends.desk.actions.trying import try_channel
from amends.desk.models import ChannelRow, Responder
from amends.desk.queries.doors import NotThere
from amends.desk.queries.listened import spending_for
from amends.desk.queries.setup import brands_for, channels_for, get_channel_for
from amends.desk.queries.speaking import gaps_of, keepers
from amends.terms import BadInput, ConnectorError, network_name, written_handle
from amends.web.asking import require
from amends.web.views.setup_networks import ChannelForm, form_for, said_by
from amends.web.views.setup_shared import accepted
from amends.web.views.setup_sign_in import FORMS as SIGN_IN_FORMS
from amends.web.words import span

HEALTH: Final[Mapping[str, tuple[str, str, str]]] = {
    "starting": ("Starting", "accent", "clock"),
    "well": ("Well", "good", "check"),
    "waiting": ("Waiting", "warn", "clock"),
    "stopped": ("Stopped", "bad", "alert"),
    "off": ("Switched off", "", "close"),
}


def health_rows(person: Responder) -> list[dict[str, object]]:
    """Every channel with the word, colour and icon of its health."""
    rows, spent = [], spending_for(person, now=timezone.now())
    for channel in channels_for(person):
        health = channel.health if channel.enabled else "off"
        word, tone, icon = HEALTH.get(health, HEALTH["starting"])
        title = network_name(channel.network)
        rows.append(
            {
                "channel": channel,
                "word": word,
                "tone": tone,
                "icon": icon,
                "network": title,
                "note": said_by(channel.network, channel.health_note) if channel.enabled else "",
                **standing_facts(channel, now=timezone.now()),
                "cost": _cost(channel, spent.get(channel.pk)),
                "gaps": gaps_of(channel),
            }
        )
    return rows


_STALE: Final = timedelta(minutes=15)


def standing_facts(channel: ChannelRow, *, now: datetime) -> dict[str, object]:
    """When it was last read, how late posts come, and what is left of the network's limits."""
    standing = getattr(channel, "standing", None)
    if standing is None:
        return {"read_at": None, "lag": "", "stale": False, "quotas": []}
    quotas = [one | {"until": datetime.fromisoformat(one["reset_at"])} for one in standing.quotas]
    stale = standing.read_at is None or now - standing.read_at > _STALE
    return {
        "read_at": standing.read_at,
        "lag": "" if standing.lag_s is None else span(timedelta(seconds=standing.lag_s)),
        "stale": stale and channel.enabled,
        "quotas": [one for one in quotas if one["until"] > now],
    }


def _cost(channel: ChannelRow, spent: float | None) -> str:
    """What a paid network has cost this month, and of what."""
    if spent is None:
        return ""
    budget = str(channel.settings.get("budget") or "")
    of = f" of ${float(budget):,.2f}" if budget.replace(".", "", 1).isdecimal() else ""
    return f"${spent:,.2f}{of} this month"


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Our accounts with their health, and the networks one can connect."""
    person = require(request, Action.SET_UP)
    facts = {
        "rows": health_rows(person),
        "networks": [(name, network_name(name)) for name in networks()],
        "brands": brands_for(person),
        "keepers": keepers(),
    }
    return render(request, "setup/channels.html", facts)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, network: str) -> HttpResponse:
    """Connect an account of a network."""
    person = require(request, Action.SET_UP)
    if network not in networks():
        raise NotThere(f"There is no connector for {network[:40]}.")
    brands = brands_for(person)
    if not brands:
        messages.error(request, "An account belongs to a brand. Name your brand first.")
        return redirect("brand-new")
    form = form_for(network)(request.POST or None, initial={"brand": brands[0].pk})
    return _save(request, person, network, form, None)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def reconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an account's settings or give it new secrets; empty secrets are kept."""
    person = require(request, Action.SET_UP)
    channel = get_channel_for(person, pk)
    form = form_for(channel.network)(request.POST or None, channel=channel)
    return _save(request, person, channel.network, form, channel)


def _save(
    request: HttpRequest,
    person: Responder,
    network: str,
    form: ChannelForm,
    channel: ChannelRow | None,
) -> HttpResponse:
    def act() -> None:
        row = connect_channel(
            brand=form.cleaned_data["brand"],
            network=network,
            handle=form.cleaned_data["handle"],
            settings=form.settings(),
            secrets=form.secrets(),
            owner=None if channel else person,
            by=person,
        )
        messages.success(request, f"{row} is connected. Its health shows here in a moment.")

    looks = form.can_look and "look" in request.POST
    if looks and form.is_valid():
        form.look()
    elif not looks and form.is_valid() and form.is_taken(network) and accepted(form, act):
        return redirect("channels")
    facts = {
        "form": form,
        "channel": channel,
        "note": said_by(network, channel.health_note) if channel else "",
        "title": network_name(network),
        "network": network,
        "signs_in": network in SIGN_IN_FORMS and channel is None,
    }
    status = 400 if form.is_bound and not (looks and form.is_valid()) else 200
    return render(request, "setup/channel.html", facts, status=status)


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an account off or on."""
    person = require(request, Action.SET_UP)
    channel = get_channel_for(person, pk)
    enabled = request.POST.get("enabled") == "yes"
    switch_channel(channel, enabled=enabled, by=person)
    said = "listens and answers again" if enabled else "no longer listens or answers"
    messages.success(request, f"{channel} {said}.")
    return redirect("channels")


@require_POST
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Test the connection: sign in with what is stored, and say as whom."""
    person = require(request, Action.SET_UP)
    channel = get_channel_for(person, pk)
    try:
        us = try_channel(channel, by=person)
    except (ConnectorError, BadInput) as error:
        messages.error(request, f"{channel}: {said_by(channel.network, str(error))}")
    else:
        name = written_handle(us.handle or us.id or "", channel.network)
        messages.success(request, f"{channel}: The connection works. It is {name}.")
    return redirect("channels")
