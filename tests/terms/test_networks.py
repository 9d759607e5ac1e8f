"""What networks are called."""

import re
from pathlib import Path

import pytest

import amends
from amends.connectors.registry import networks
from amends.terms import network_name


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("appstore", "App Store"),
        ("app_store", "App Store"),
        ("x", "X"),
        ("mastodon", "Mastodon"),
        ("some_board", "Some board"),
        ("Google Play", "Google Play"),
        ("", ""),
    ],
)
def test_network_is_written_as_people_call_it(slug: str, name: str) -> None:
    assert network_name(slug) == name


def test_every_connectors_network_has_a_name_of_its_own() -> None:
    named = [network_name(slug) for slug in networks()]
    assert (len(set(named)), [one for one in named if one[:1].islower() or "_" in one]) == (
        len(networks()),
        [],
    )


def test_no_page_shows_the_short_form_of_a_network() -> None:
    """``{{ case.network }}`` is for addresses and attributes; people read its name."""
    pages = (Path(amends.__file__).parent / "web" / "templates").rglob("*.html")
    slug = re.compile(r'\{\{ (?:\w+\.)*network \}\}(?!")')
    shown = [page.name for page in pages if slug.search(page.read_text("utf-8"))]
    assert shown == []
