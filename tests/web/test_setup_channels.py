"""Channels: connecting them, their health, and secrets that never come back."""

import pytest
from django.conf import settings

from amends.connectors.registry import check_settings, networks
from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow
from amends.terms import BadInput, Channel
from amends.web.views.setup_networks import form_for, setting_named
from tests import people
from tests.factories import NOON, brand, channel
from tests.support.trying import Tried
from tests.web.pages import HOSTILE, signed_in, unsafe_parts
from tests.web.support import Page

pytestmark = pytest.mark.database

SECRET = "hunter-2-hunter-2"


def typed_bluesky(**more: str) -> dict[str, str]:
    return {"brand": str(brand().pk), "handle": "@Halcyon.example", "app_password": SECRET} | more


def test_bluesky_account_is_connected() -> None:
    response = signed_in(people.ada).post("/set-up/channels/new/bluesky/", typed_bluesky())
    row = ChannelRow.objects.get()
    assert response.headers["Location"] == "/set-up/channels/"
    assert (row.network, row.handle, row.settings, row.owner) == (
        "bluesky",
        "halcyon.example",
        {},
        people.ada(),
    )
    assert unseal(bytes(row.secret)) == {"identifier": "halcyon.example", "password": SECRET}


def test_advanced_settings_are_kept() -> None:
    more = {"pds": "http://127.0.0.1:2583", "stream": "firehose", "stream_url": "ws://127.0.0.1:1"}
    signed_in(people.ada).post("/set-up/channels/new/bluesky/", typed_bluesky(**more))
    assert ChannelRow.objects.get().settings == more


def test_wrong_setting_is_refused() -> None:
    tried = Tried()
    client, right = signed_in(people.ada), typed_bluesky()
    cases: list[tuple[str, str]] = [
        ("pds", "file:///etc/passwd"),
        ("pds", "javascript:alert(1)"),
        ("stream_url", "https://bsky.example"),
        ("stream", "radio"),
        ("chat_did", "api.bsky.chat"),
        ("poll_seconds", "0"),
        ("handle", "two words"),
        ("app_password", ""),
    ]
    for name, value in cases:
        with tried((name, value)):
            response = client.post("/set-up/channels/new/bluesky/", right | {name: value})
            assert response.status_code == 400
            assert not ChannelRow.objects.exists()
    assert tried.wrong == []


WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    "bluesky": ({"stream": "radio"}, "stream", "“Stream” is 'radio'; write "),
    "feeds": ({"feeds": "ftp://a.example"}, "feeds", "“Addresses of feeds” holds 'ftp://a"),
    "filedrop": ({"folder": "/f", "poll_seconds": "often"}, "poll_seconds",
                 "“Seconds between looks” is 'often'; write"),
    "googlebusiness": ({"locations": "here"}, "locations", "“Places” holds 'here'; write"),
    "googleplay": ({"package": "app"}, "package", "“Package name” is 'app'; write"),
    "appstore": ({"app": "mine"}, "app", "“Apple ID” is 'mine'; write"),
    "mail": ({"imap_host": "a b"}, "imap_host", "“Incoming mail server (IMAP)” is 'a b'; write"),
    "mastodon": ({"server": "https://m.example/@us"}, "server", "“Server” is 'https://m.exa"),
    "reddit": ({"user_agent": "x"}, "user_agent", "“User agent” is 'x'; write"),
    "webhook": ({"mapping": "text = a", "to_us": "so"}, "to_us", "“What it tells” is 'so'; write"),
    "x": ({"prices": "lunch=5"}, "prices", "“Prices” holds 'lunch=5'; there are"),
}  # fmt: skip


@pytest.mark.alike
def test_what_a_connector_refuses_is_named_as_its_form_names_it() -> None:
    tried = Tried()
    for network in networks():
        with tried(network):
            if network == "demo":  # it takes any setting
                continue
            settings, name, said = WRONG[network]
            with pytest.raises(BadInput) as refused:
                check_settings(Channel(network=network, handle="us@m.example", settings=settings))
            found = setting_named(str(refused.value), form_for(network).base_fields)
            assert (found[0], found[1][: len(said)]) == (name, said)
    assert tried.wrong == []


@pytest.mark.alike
def test_setting_that_only_the_connector_refuses_stands_at_its_field() -> None:
    typed = {"brand": str(brand().pk), "handle": "us", "access_token": SECRET}
    answer = signed_in(people.ada).post(
        "/set-up/channels/new/mastodon/", typed | {"server": "https://m.example/@us"}
    )
    page = Page(answer.content.decode())
    assert (answer.status_code, ChannelRow.objects.count()) == (400, 0)
    assert "“Server” is 'https://m.example/@us'; write it like https://mastodon.ex" in page.words


@pytest.mark.alike
def test_health_names_a_setting_as_its_form_does() -> None:
    row = channel("mastodon", "us@m.example")
    note = "poll_seconds is 'often'; write a number above 0."
    ChannelRow.objects.filter(pk=row.pk).update(health="stopped", health_note=note)
    client = signed_in(people.ada)
    pages = [f"/set-up/channels/{row.pk}/", "/set-up/channels/", "/listening/"]
    words = [Page(client.get(url).content.decode()).words for url in pages]
    said = "“Seconds between polls” is 'often'; write a number above 0."
    assert [said in one for one in words] == [True, True, True]


def test_secret_is_never_rendered() -> None:
    client = signed_in(people.ada)
    refused = client.post("/set-up/channels/new/bluesky/", typed_bluesky(pds="nowhere"))
    assert refused.status_code == 400
    client.post("/set-up/channels/new/bluesky/", typed_bluesky())
    row = ChannelRow.objects.get()
    pages = [refused, client.get(f"/set-up/channels/{row.pk}/"), client.get("/set-up/channels/")]
    pages += [client.get("/set-up/"), client.get("/listening/")]
    sealed = bytes(row.secret).decode()
    assert [p for p in pages if SECRET in p.text or sealed in p.text] == []


def test_secret_fields_offer_nothing_to_remember() -> None:
    brand()
    client = signed_in(people.ada)
    for network in ("bluesky", "demo"):
        page = client.get(f"/set-up/channels/new/{network}/").text
        assert 'type="password"' in page
        assert 'autocomplete="new-password"' in page


def test_reconnecting_without_a_secret_keeps_the_stored_one() -> None:
    client = signed_in(people.ada)
    client.post("/set-up/channels/new/bluesky/", typed_bluesky())
    row = ChannelRow.objects.get()
    ChannelRow.objects.update(health="stopped", health_note="revoked", enabled=False)
    again = {"brand": str(row.brand_id), "pds": "https://pds.example"}
    assert client.post(f"/set-up/channels/{row.pk}/", again).status_code == 302
    after = ChannelRow.objects.get()
    assert unseal(bytes(after.secret)) == unseal(bytes(row.secret))
    facts = (after.settings, after.health, after.health_note, after.enabled)
    assert facts == ({"pds": "https://pds.example"}, "starting", "", True)
    assert after.version > row.version


def test_reconnecting_keeps_handle_and_settings_set_by_other_means() -> None:
    row = channel()
    ChannelRow.objects.update(settings={"path": "/far/demo.sqlite3", "idempotency": "off"})
    typed = {"brand": str(row.brand_id), "handle": "other", "path": "demo.sqlite3"}
    signed_in(people.ada).post(f"/set-up/channels/{row.pk}/", typed)
    after = ChannelRow.objects.get()
    assert (after.handle, after.settings) == (
        "halcyonair",
        {"path": "/far/demo.sqlite3", "idempotency": "off"},
    )


def test_demo_lives_in_the_home_folder() -> None:
    typed = {"brand": str(brand().pk), "handle": "halcyon"}
    signed_in(people.ada).post("/set-up/channels/new/demo/", typed)
    path = str(settings.AMENDS.home.absolute() / "demo.sqlite3")
    assert ChannelRow.objects.get().settings == {"path": path}


def test_demo_file_cannot_be_elsewhere() -> None:
    tried = Tried()
    right = {"brand": str(brand().pk), "handle": "halcyon"}
    client = signed_in(people.ada)
    cases: list[str] = ["../demo.sqlite3", "/etc/demo.sqlite3", "Desk.sqlite3", "demo"]
    for path in cases:
        with tried(path):
            response = client.post("/set-up/channels/new/demo/", right | {"path": path})
            assert response.status_code == 400
            assert not ChannelRow.objects.exists()
    assert tried.wrong == []


def test_demo_server_needs_no_file() -> None:
    typed = {"brand": str(brand().pk), "handle": "halcyon", "url": "http://127.0.0.1:8100"}
    signed_in(people.ada).post("/set-up/channels/new/demo/", typed | {"token": SECRET})
    row = ChannelRow.objects.get()
    assert row.settings == {"url": "http://127.0.0.1:8100"}
    assert unseal(bytes(row.secret)) == {"token": SECRET}


def test_health_is_shown_with_its_sentence_escaped() -> None:
    channel()
    note = f"The network said {HOSTILE}"
    ChannelRow.objects.update(health="stopped", health_note=note, health_at=NOON)
    page = signed_in(people.ada).get("/set-up/channels/")
    assert "Stopped" in page.text
    assert "The network said &lt;script&gt;" in page.text
    assert unsafe_parts(page) == []


def test_channel_is_switched_off_and_on() -> None:
    row = channel()
    client = signed_in(people.ada)
    seen = []
    for enabled in ("no", "yes"):
        client.post(f"/set-up/channels/{row.pk}/switch/", {"enabled": enabled})
        seen.append(ChannelRow.objects.get().enabled)
    assert seen == [False, True]


def test_others_change_no_channel() -> None:
    tried = Tried()
    row, typed = channel(), typed_bluesky()
    for who in [people.priya, people.mina, people.sol]:
        with tried(who):
            client = signed_in(who)
            tries = [
                client.get(f"/set-up/channels/{row.pk}/"),
                client.post(f"/set-up/channels/{row.pk}/", {"brand": row.brand_id}),
                client.post(f"/set-up/channels/{row.pk}/switch/", {"enabled": "no"}),
                client.post("/set-up/channels/new/bluesky/", typed),
            ]
            assert [t.status_code for t in tries] == [403] * 4
            assert [c.enabled for c in ChannelRow.objects.all()] == [True]
    assert tried.wrong == []


def test_switching_needs_a_post() -> None:
    assert signed_in(people.ada).get(f"/set-up/channels/{channel().pk}/switch/").status_code == 405


def test_unknown_network_is_not_there() -> None:
    brand()
    assert signed_in(people.ada).get("/set-up/channels/new/nowhere/").status_code == 404


def test_account_before_any_brand_leads_to_the_brand() -> None:
    response = signed_in(people.ada).get("/set-up/channels/new/demo/")
    assert response.headers["Location"] == "/set-up/brands/new/"
