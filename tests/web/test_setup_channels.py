"""Channels: connecting them, their health, and secrets that never come back."""

from collections.abc import Callable

import pytest
from django.conf import settings

from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow, Responder
from tests import people
from tests.factories import NOON, brand, channel
from tests.web.pages import HOSTILE, signed_in, unsafe_parts

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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pds", "file:///etc/passwd"),
        ("pds", "javascript:alert(1)"),
        ("stream_url", "https://bsky.example"),
        ("stream", "radio"),
        ("chat_did", "api.bsky.chat"),
        ("poll_seconds", "0"),
        ("handle", "two words"),
        ("app_password", ""),
    ],
)
def test_wrong_setting_is_refused(name: str, value: str) -> None:
    response = signed_in(people.ada).post(
        "/set-up/channels/new/bluesky/", typed_bluesky() | {name: value}
    )
    assert response.status_code == 400
    assert not ChannelRow.objects.exists()


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


@pytest.mark.parametrize("path", ["../demo.sqlite3", "/etc/demo.sqlite3", "Desk.sqlite3", "demo"])
def test_demo_file_cannot_be_elsewhere(path: str) -> None:
    typed = {"brand": str(brand().pk), "handle": "halcyon", "path": path}
    response = signed_in(people.ada).post("/set-up/channels/new/demo/", typed)
    assert response.status_code == 400
    assert not ChannelRow.objects.exists()


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


@pytest.mark.parametrize("who", [people.priya, people.mina, people.sol])
def test_others_change_no_channel(who: Callable[[], Responder]) -> None:
    row = channel()
    client = signed_in(who)
    tries = [
        client.get(f"/set-up/channels/{row.pk}/"),
        client.post(f"/set-up/channels/{row.pk}/", {"brand": row.brand_id}),
        client.post(f"/set-up/channels/{row.pk}/switch/", {"enabled": "no"}),
        client.post("/set-up/channels/new/bluesky/", typed_bluesky()),
    ]
    assert [t.status_code for t in tries] == [403] * 4
    assert [c.enabled for c in ChannelRow.objects.all()] == [True]


def test_switching_needs_a_post() -> None:
    assert signed_in(people.ada).get(f"/set-up/channels/{channel().pk}/switch/").status_code == 405


def test_unknown_network_is_not_there() -> None:
    brand()
    assert signed_in(people.ada).get("/set-up/channels/new/nowhere/").status_code == 404


def test_account_before_any_brand_leads_to_the_brand() -> None:
    response = signed_in(people.ada).get("/set-up/channels/new/demo/")
    assert response.headers["Location"] == "/set-up/brands/new/"
