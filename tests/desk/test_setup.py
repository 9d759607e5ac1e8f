"""Set-up: the brand, its channels and their secrets, its watches."""

import pytest
from django.test import override_settings

from amends.desk.actions import (
    connect_channel,
    remove_watch,
    save_brand,
    save_watch,
    switch_channel,
)
from amends.desk.actions.secrets import seal, unseal
from amends.desk.models import ChannelRow
from amends.terms import BadInput, NotAllowed, WatchKind
from tests.factories import brand, channel
from tests.people import ada, mina

pytestmark = pytest.mark.database


def test_secrets_are_encrypted_at_rest() -> None:
    row = connect_channel(
        brand=brand(),
        network="demo",
        handle="@Halcyon",
        settings={},
        secrets={"token": "hush-hush"},
    )
    stored = ChannelRow.objects.get(pk=row.pk)
    assert b"hush-hush" not in bytes(stored.secret)
    assert unseal(bytes(stored.secret)) == {"token": "hush-hush"}


def test_secrets_sealed_with_another_key_are_said_so() -> None:
    sealed = seal({"token": "x"})
    with (
        override_settings(AMENDS_VAULT_KEY="another"),
        pytest.raises(BadInput, match=r"vault\.key"),
    ):
        unseal(sealed)


def test_connecting_again_keeps_one_channel_and_restarts_it() -> None:
    first = channel()
    again = connect_channel(
        brand=brand(), network="demo", handle="halcyonair", settings={"seed": "1"}, secrets={}
    )
    assert (again.pk, again.version) == (first.pk, first.version + 1)
    assert unseal(bytes(again.secret)) == {"token": "t"}


def test_unknown_network_is_refused_by_name() -> None:
    with pytest.raises(
        BadInput, match=r"There is no connector for 'orkut'\. There are: appstore, bluesky, demo"
    ):
        connect_channel(brand=brand(), network="orkut", handle="x", settings={}, secrets={})


def test_switching_off_tells_the_workers() -> None:
    row = channel()
    switch_channel(row, enabled=False)
    stored = ChannelRow.objects.get(pk=row.pk)
    assert (stored.enabled, stored.version) == (False, row.version + 1)


def watch(**facts: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    wanted: dict[str, object] = {"phrases": [], "handles": [], "hashtags": [], "name": "W"}
    return save_watch(None, brand=brand(), kind=WatchKind.BRAND, **(wanted | facts))  # type: ignore[arg-type]


def test_watch_becomes_a_query() -> None:
    row = watch(
        phrases=["halcyon air", "halcion"], handles=["@halcyonair"], hashtags=["#halcyonfail"]
    )
    assert row.query == '"halcyon air" OR halcion OR @halcyonair OR #halcyonfail'


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "at least one phrase, handle or hashtag"),
        ({"name": " ", "phrases": ["x"]}, "1 to 120 characters"),
        ({"handles": ["not a handle!"]}, "is no handle"),
    ],
)
def test_watch_that_cannot_listen_is_refused(facts: dict[str, object], sentence: str) -> None:
    """R04."""
    with pytest.raises(BadInput, match=sentence):
        watch(**facts)


def test_removed_watch_keeps_what_it_heard() -> None:
    row = watch(phrases=["halcyon"])
    remove_watch(row)
    row.refresh_from_db()
    assert row.active is False


def test_only_administrators_set_up() -> None:
    with pytest.raises(NotAllowed, match="may not change the set-up"):
        save_brand(None, name="X", by=mina())
    assert save_brand(None, name="X", by=ada()).name == "X"


def test_two_brands_of_one_name_are_refused() -> None:
    save_brand(None, name="X")
    with pytest.raises(BadInput, match="called X already"):
        save_brand(None, name=" X ")
