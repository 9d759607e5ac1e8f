"""Feeds are connected by their addresses, and a case that came by one says where to answer."""

import pytest

from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow
from tests import people
from tests.factories import brand
from tests.support.trying import Tried
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]


def connect(**typed: str) -> int:
    whole = {"brand": str(brand().pk), "handle": "reviews"} | typed
    return signed_in(people.ada).post("/set-up/channels/new/feeds/", whole).status_code


def test_feeds_are_connected() -> None:
    typed = {"feeds": "https://a.example/f \n https://a.example/g", "to_us": "yes"}
    assert connect(**typed, user="desk", password="swordfish") == 302
    row = ChannelRow.objects.get()
    assert (row.settings, unseal(bytes(row.secret))) == (
        {"feeds": "https://a.example/f\nhttps://a.example/g", "to_us": "yes"},
        {"user": "desk", "password": "swordfish"},
    )


def test_what_is_no_address_is_refused() -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[str] = ["", "a.example/feed", "file:///etc/passwd", "https://u:p@a.example"]
    for feeds in cases:
        with tried(feeds):
            assert (connect(feeds=feeds), ChannelRow.objects.count()) == (400, 0)
    assert tried.wrong == []
