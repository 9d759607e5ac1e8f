"""Forms of the places of reviews: complete, refused in words, and secrets never shown."""

import pytest

from amends.terms import network_name
from amends.web.views.setup_networks import form_for
from tests.factories import brand
from tests.support.trying import Tried

pytestmark = [pytest.mark.database, pytest.mark.alike]

FILE = '{"client_email": "a@b.example", "private_key": "s3cret"}'
THREE = {"client_id": "c", "client_secret": "s3cret", "refresh_token": "r"}


def test_what_is_typed_becomes_settings_and_secrets() -> None:
    tried = Tried()
    brand()
    cases: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("googleplay", {"package": "com.a.b", "service_account": FILE}, {"package": "com.a.b"}),
        (
            "googlebusiness",
            {"locations": "accounts/1/locations/2", **THREE},
            {"locations": "accounts/1/locations/2"},
        ),
        (
            "appstore",
            {"app": "7", "key_id": "K", "issuer_id": "i", "private_key": "s3cret"},
            {"app": "7"},
        ),
    ]
    for network, typed, settings in cases:
        with tried((network, typed, settings)):
            form = form_for(network)({"brand": brand().pk, "handle": "acme", **typed})
            assert form.is_valid(), form.errors
            assert form.settings() == settings
            assert form.secrets() == {name: typed[name] for name in typed if name not in settings}
            assert "s3cret" not in form.as_p()
    assert tried.wrong == []


def test_what_is_missing_is_said_at_its_field() -> None:
    tried = Tried()
    brand()
    cases: list[tuple[str, dict[str, str], str, str]] = [
        ("googleplay", {"package": "app"}, "package", "like com.example.app"),
        ("googleplay", {"package": "com.a.b"}, "service_account", "Paste a key file"),
        ("googlebusiness", THREE, "locations", "required"),
        ("appstore", {"app": "mine"}, "app", "Write the number"),
        ("appstore", {"app": "7"}, "private_key", "is needed to sign in"),
    ]
    for network, typed, name, said in cases:
        with tried((network, typed, name, said)):
            form = form_for(network)({"brand": brand().pk, "handle": "acme", **typed})
            assert not form.is_valid()
            assert said in form.errors[name][0]
    assert tried.wrong == []


def test_places_have_the_names_people_know() -> None:
    names = [network_name(name) for name in ("googleplay", "googlebusiness", "appstore")]
    assert names == ["Google Play", "Google Business Profile", "App Store"]


def test_refused_form_knows_that_its_secrets_are_gone() -> None:
    typed = {"brand": brand().pk, "handle": "acme", "app": "mine"}
    dropped = [
        form_for("appstore")(typed | secrets).secrets_dropped()
        for secrets in ({"private_key": "s3cret"}, {})
    ]
    assert dropped == [True, False]


def test_short_secret_of_a_webhook_is_told_once() -> None:
    typed = {"brand": brand().pk, "handle": "acme", "mapping": "text = body", "secret": "short"}
    told = form_for("webhook")(typed).errors["secret"]
    assert told == ["A secret has 24 characters or more; the one offered has 43."]
