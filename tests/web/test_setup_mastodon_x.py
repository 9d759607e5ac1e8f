"""Mastodon and X are connected in the words of their own consoles, and tried by a button."""

from datetime import timedelta

import pytest
from django.utils import timezone

from amends.connectors.protocol import Spending
from amends.desk.actions.secrets import seal, unseal
from amends.desk.models import ChannelRow
from amends.desk.workers.metering import keep_spending
from amends.terms import AuthError, Author, ConnectorError
from amends.web.views import setup_channels
from tests import people
from tests.factories import brand, channel
from tests.support.trying import Tried
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

OAUTH_1 = {
    "consumer_key": "k", "consumer_secret": "ks", "oauth_token": "t", "oauth_token_secret": "ts",
}  # fmt: skip


def connect(network: str, **typed: str) -> int:
    whole = {"brand": str(brand().pk), "handle": "Halcyon"} | typed
    client = signed_in(people.ada)
    return client.post(f"/set-up/channels/new/{network}/", whole).status_code


def test_mastodon_account_is_connected() -> None:
    assert connect("mastodon", handle="@halcyon@near.example", access_token="t-1") == 302
    row = ChannelRow.objects.get()
    assert (row.handle, row.settings, unseal(bytes(row.secret))) == (
        "halcyon@near.example", {}, {"access_token": "t-1"},
    )  # fmt: skip


def test_wrong_setting_of_mastodon_is_refused() -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[dict[str, str]] = [
        {"access_token": ""},
        {"server": "ftp://near.example"},
        {"server": ""},
        {"stream": "public,home"},
        {"public": "everything"},
    ]
    for wrong in cases:
        with tried(wrong):
            right = {"server": "https://near.example", "access_token": "t-1"}
            assert (connect("mastodon", **(right | wrong)), ChannelRow.objects.count()) == (400, 0)
    assert tried.wrong == []


def test_x_account_is_connected_with_its_keys_and_budget() -> None:
    assert connect("x", **OAUTH_1, bearer_token="b", budget="50", stream="filtered") == 302
    row = ChannelRow.objects.get()
    assert row.settings == {"budget": "50.0", "stream": "filtered"}
    assert unseal(bytes(row.secret)) == OAUTH_1 | {"bearer_token": "b"}


def test_x_takes_oauth_2_instead() -> None:
    typed = {"access_token": "a", "refresh_token": "r", "client_id": "c"}
    assert connect("x", **typed) == 302
    assert unseal(bytes(ChannelRow.objects.get().secret)) == typed


def test_x_needs_all_of_its_keys() -> None:
    tried = Tried()
    brand(), people.ada()
    for missing in sorted(OAUTH_1):
        with tried(missing):
            assert connect("x", **(OAUTH_1 | {missing: ""})) == 400
    assert tried.wrong == []


def test_one_secret_is_changed_and_the_others_are_kept() -> None:
    row = channel("x")
    ChannelRow.objects.filter(pk=row.pk).update(secret=seal(OAUTH_1))
    typed = {"brand": str(brand().pk), "bearer_token": "new"}
    signed_in(people.ada).post(f"/set-up/channels/{row.pk}/", typed)
    again = ChannelRow.objects.get()
    assert unseal(bytes(again.secret)) == OAUTH_1 | {"bearer_token": "new"}


def test_connection_is_tested_by_a_button(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = Tried()
    row, client = channel("x"), signed_in(people.ada)
    cases: list[tuple[Author | ConnectorError, str]] = [
        (Author(id="7", handle="halcyon"), "The connection works. It is @halcyon."),
        (AuthError("X no longer accepts the sign-in"), "X no longer accepts the sign-in"),
    ]
    for outcome, said in cases:
        with tried((outcome, said)):

            def answer(
                *_: object, outcome: Author | ConnectorError = outcome, **__: object
            ) -> Author:
                if isinstance(outcome, ConnectorError):
                    raise outcome
                return outcome

            monkeypatch.setattr(setup_channels, "try_channel", answer)
            client.post(f"/set-up/channels/{row.pk}/try/")
            assert said in client.get("/set-up/channels/").content.decode()
    assert tried.wrong == []


def test_trying_signs_in_for_real() -> None:
    """The address is one where nobody goes, and that is what is said."""
    row = channel("mastodon")
    ChannelRow.objects.filter(pk=row.pk).update(
        settings={"server": "http://192.0.2.1"}, secret=seal({"access_token": "t"})
    )
    client = signed_in(people.ada)
    client.post(f"/set-up/channels/{row.pk}/try/")
    assert (
        "add 192.0.2.1:80 to AMENDS_ALLOW_HOSTS" in client.get("/set-up/channels/").content.decode()
    )


def test_page_says_what_the_month_has_cost() -> None:
    tried = Tried()
    row, client = channel("x"), signed_in(people.ada)
    cases: list[tuple[int, dict[str, str], str | None]] = [
        (0, {"budget": "50.0"}, "$1.25 of $50.00 this month"),
        (0, {}, "$1.25 this month"),
        (40, {}, None),
    ]
    for month, settings, said in cases:
        with tried((month, settings, said)):
            now = timezone.now()
            ChannelRow.objects.filter(pk=row.pk).update(settings=settings)
            counted = Spending(month=f"{now - timedelta(days=month):%Y-%m}", dollars={"post": 1.25})
            keep_spending(row.pk, counted, now)
            page = client.get("/set-up/channels/").content.decode()
            found = page.partition('data-test="cost">')[2].partition("<")[0]
            assert found == (said or "")
    assert tried.wrong == []
