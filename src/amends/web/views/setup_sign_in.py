"""Connecting an account by signing in on its network, in two steps: there and back with a code."""

import secrets
from collections.abc import Mapping
from typing import Final

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from amends.casework import Action
from amends.desk.actions.secrets import seal, unseal
from amends.desk.actions.signing_in import Begun, begin_sign_in, finish_sign_in
from amends.desk.models import Brand, Responder
from amends.desk.queries.doors import NotThere
from amends.desk.queries.setup import brands_for
from amends.terms import BadInput, ConnectorError, SystemClock, network_name
from amends.web.asking import require
from amends.web.views.setup_networks import WEB_ADDRESS, address, secret

_KEPT: Final = "sign-in"  # in the session, sealed
_BYTES = 48  # of chance: 64 characters


class MastodonSignInForm(forms.Form):
    server = address("Server", "Where the account lives.", "https://mastodon.social", WEB_ADDRESS)

    def clean_server(self) -> str:
        server = str(self.cleaned_data["server"]).rstrip("/")
        if not server:
            raise forms.ValidationError("Write the server's address.")
        return server


class XSignInForm(forms.Form):
    client_id = forms.CharField(
        max_length=200,
        label="OAuth 2.0 Client ID",
        help_text="In X's developer console: the app, Keys and tokens.",
    )
    client_secret = secret("OAuth 2.0 Client Secret", "Beside it, for a confidential client.")
    redirect_uri = forms.CharField(
        max_length=500,
        label="Callback URI",
        help_text="As it stands in the console under User authentication settings. Any address of"
        " yours will do: you paste here where X sends you.",
        validators=[WEB_ADDRESS],
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )


class RedditSignInForm(forms.Form):
    client_id = forms.CharField(
        max_length=200,
        label="Client ID",
        help_text="On reddit.com/prefs/apps, “create another app…”, web app: the letters under its name.",
    )
    client_secret = secret("Secret", "Beside “secret” on the same page.")
    redirect_uri = forms.CharField(
        max_length=500,
        label="Redirect URI",
        help_text="As it stands there. Any address of yours will do: you paste here where Reddit sends you.",
        validators=[WEB_ADDRESS],
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )


FORMS: Mapping[str, type[forms.Form]] = {
    "mastodon": MastodonSignInForm,
    "reddit": RedditSignInForm,
    "x": XSignInForm,
}


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest, network: str) -> HttpResponse:
    """Ask where, send the person there, and take the code that comes back."""
    person = require(request, Action.SET_UP)
    if network not in FORMS:
        raise NotThere(f"There is no signing in on {network[:40]}.")
    brands = brands_for(person)
    if not brands:
        messages.error(request, "An account belongs to a brand. Name your brand first.")
        return redirect("brand-new")
    if "code" in request.POST:
        return _back(request, network, person, brands[0])
    form = FORMS[network](request.POST or None)
    if form.is_valid():
        try:
            begun = begin_sign_in(
                network, form.cleaned_data, chance=_chance, clock=SystemClock(), by=person
            )
        except (BadInput, ConnectorError) as error:
            form.add_error(None, str(error))
        else:
            request.session[_KEPT] = seal({"begun": msgspec.json.encode(begun).decode()}).decode()
            return _page(request, network, {"url": begun.url})
    return _page(request, network, {"form": form}, status=400 if form.is_bound else 200)


def _back(request: HttpRequest, network: str, person: Responder, brand: Brand) -> HttpResponse:
    begun = _begun(request, network)
    if begun is None:
        messages.error(request, "That sign-in is over. Begin again.")
        return redirect(reverse("channel-sign-in", args=[network]))
    try:
        row = finish_sign_in(
            begun, request.POST["code"], brand=brand, clock=SystemClock(), by=person
        )
    except (BadInput, ConnectorError) as error:
        return _page(request, network, {"url": begun.url, "error": str(error)}, status=400)
    del request.session[_KEPT]
    messages.success(request, f"{row} is connected. Its health shows here in a moment.")
    return redirect("channels")


def _begun(request: HttpRequest, network: str) -> Begun | None:
    kept = request.session.get(_KEPT, "")
    if not kept:
        return None
    begun = msgspec.json.decode(unseal(kept.encode())["begun"], type=Begun)
    return begun if begun.network == network else None


def _page(
    request: HttpRequest, network: str, facts: dict[str, object], *, status: int = 200
) -> HttpResponse:
    told = {"title": network_name(network), "network": network} | facts
    return render(request, "setup/sign_in.html", told, status=status)


def _chance() -> str:
    return secrets.token_urlsafe(_BYTES)
