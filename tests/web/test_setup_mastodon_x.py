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


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": ""},
        {"server": "ftp://near.example"},
        {"server": ""},
        {"stream": "public,home"},
        {"public": "everything"},
    ],
)
def test_wrong_setting_of_mastodon_is_refused(wrong: dict[str, str]) -> None:
    right = {"server": "https://near.example", "access_token": "t-1"}
    assert (connect("mastodon", **(right | wrong)), ChannelRow.objects.count()) == (400, 0)


def test_x_account_is_connected_with_its_keys_and_budget() -> None:
    assert connect("x", **OAUTH_1, bearer_token="b", budget="50", stream="filtered") == 302
    row = ChannelRow.objects.get()
    assert row.settings == {"budget": "50.0", "stream": "filtered"}
    assert unseal(bytes(row.secret)) == OAUTH_1 | {"bearer_token": "b"}


def test_x_takes_oauth_2_instead() -> None:
    typed = {"access_token": "a", "refresh_token": "r", "client_id": "c"}
    assert connect("x", **typed) == 302
    assert unseal(bytes(ChannelRow.objects.get().secret)) == typed


@pytest.mark.parametrize("missing", sorted(OAUTH_1))
def test_x_needs_all_of_its_keys(missing: str) -> None:
    assert connect("x", **(OAUTH_1 | {missing: ""})) == 400


def test_one_secret_is_changed_and_the_others_are_kept() -> None:
    row = channel("x")
    ChannelRow.objects.filter(pk=row.pk).update(secret=seal(OAUTH_1))
    typed = {"brand": str(brand().pk), "bearer_token": "new"}
    signed_in(people.ada).post(f"/set-up/channels/{row.pk}/", typed)
    again = ChannelRow.objects.get()
    assert unseal(bytes(again.secret)) == OAUTH_1 | {"bearer_token": "new"}


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Author(id="7", handle="halcyon"), "The connection works. It is @halcyon."),
        (AuthError("X no longer accepts the sign-in"), "X no longer accepts the sign-in"),
    ],
)
def test_connection_is_tested_by_a_button(
    monkeypatch: pytest.MonkeyPatch, outcome: Author | ConnectorError, said: str
) -> None:
    def tried(*_: object, **__: object) -> Author:
        if isinstance(outcome, ConnectorError):
            raise outcome
        return outcome

    monkeypatch.setattr(setup_channels, "try_channel", tried)
    row = channel("x")
    client = signed_in(people.ada)
    client.post(f"/set-up/channels/{row.pk}/try/")
    assert said in client.get("/set-up/channels/").content.decode()


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


@pytest.mark.parametrize(
    ("month", "settings", "said"),
    [
        (0, {"budget": "50.0"}, "$1.25 of $50.00 this month"),
        (0, {}, "$1.25 this month"),
        (40, {}, None),
    ],
)
def test_page_says_what_the_month_has_cost(
    month: int, settings: dict[str, str], said: str | None
) -> None:
    now = timezone.now()
    row = channel("x")
    ChannelRow.objects.filter(pk=row.pk).update(settings=settings)
    counted = Spending(month=f"{now - timedelta(days=month):%Y-%m}", dollars={"post": 1.25})
    keep_spending(row.pk, counted, now)
    page = signed_in(people.ada).get("/set-up/channels/").content.decode()
    found = page.partition('data-test="cost">')[2].partition("<")[0]
    assert found == (said or "")
