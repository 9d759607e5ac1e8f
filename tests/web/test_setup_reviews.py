"""Forms of the places of reviews: complete, refused in words, and secrets never shown."""

import pytest

from amends.terms import network_name
from amends.web.views.setup_networks import form_for
from tests.factories import brand

pytestmark = [pytest.mark.database, pytest.mark.alike]

FILE = '{"client_email": "a@b.example", "private_key": "s3cret"}'
THREE = {"client_id": "c", "client_secret": "s3cret", "refresh_token": "r"}


@pytest.mark.parametrize(
    ("network", "typed", "settings"),
    [
        ("googleplay", {"package": "com.a.b", "service_account": FILE}, {"package": "com.a.b"}),
        ("googlebusiness", {"locations": "accounts/1/locations/2", **THREE},
         {"locations": "accounts/1/locations/2"}),
        ("appstore", {"app": "7", "key_id": "K", "issuer_id": "i", "private_key": "s3cret"},
         {"app": "7"}),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_settings_and_secrets(
    network: str, typed: dict[str, str], settings: dict[str, str]
) -> None:
    form = form_for(network)({"brand": brand().pk, "handle": "acme", **typed})
    assert form.is_valid(), form.errors
    assert form.settings() == settings
    assert form.secrets() == {name: typed[name] for name in typed if name not in settings}
    assert "s3cret" not in form.as_p()


@pytest.mark.parametrize(
    ("network", "typed", "name", "said"),
    [
        ("googleplay", {"package": "app"}, "package", "like com.example.app"),
        ("googleplay", {"package": "com.a.b"}, "service_account", "Paste a key file"),
        ("googlebusiness", THREE, "locations", "required"),
        ("appstore", {"app": "mine"}, "app", "Write the number"),
        ("appstore", {"app": "7"}, "private_key", "is needed to sign in"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    network: str, typed: dict[str, str], name: str, said: str
) -> None:
    form = form_for(network)({"brand": brand().pk, "handle": "acme", **typed})
    assert not form.is_valid()
    assert said in form.errors[name][0]


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
