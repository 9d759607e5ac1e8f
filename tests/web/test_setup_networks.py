"""Forms for connectors that bring none of their own."""

import pytest

from amends.terms import network_name
from amends.web.views.setup_networks import PlainForm, form_for
from tests.factories import brand

pytestmark = pytest.mark.database


def test_unknown_network_gets_names_and_values() -> None:
    typed = {
        "brand": brand().pk,
        "handle": "halcyon",
        "values": "server = https://one.example\n\nno sign here\npace=4",
        "hidden_values": "token = s3cret=",
    }
    form = form_for("elsewhere")(typed)
    assert form.is_valid()
    assert form.settings() == {"server": "https://one.example", "pace": "4"}
    assert form.secrets() == {"token": "s3cret="}
    assert network_name("elsewhere") == "Elsewhere"


def test_its_secrets_are_not_shown_again() -> None:
    form = PlainForm({"hidden_values": "token = s3cret", "values": "server = x"})
    assert not form.is_valid()
    assert "s3cret" not in form.as_p()
    assert "server = x" in form.as_p()
