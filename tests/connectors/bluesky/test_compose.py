"""What we write before it leaves."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.connectors.bluesky.compose import LIMIT, check_length, find_facets, record_key
from amends.connectors.bluesky.settings import read_settings
from amends.terms import BadInput, Channel, ConnectorError


async def nobody(handle: str) -> str | None:
    return None


@given(st.text(), st.text())
def test_record_key_is_a_tid_of_the_past(account: str, attempt: str) -> None:
    key = record_key(account, attempt)
    assert re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", key)
    assert "3j" < key < "3l"
    assert key == record_key(account, attempt)


def test_record_keys_differ_by_account_and_attempt() -> None:
    keys = {record_key(f"did:plc:{a}", f"reply-{n}") for a in range(3) for n in range(3000)}
    assert len(keys) == 9000


def test_family_is_one_character_of_three_hundred() -> None:
    check_length("👩‍👩‍👧" * 160, LIMIT)
    with pytest.raises(ConnectorError, match="takes 300 characters; this has 301"):
        check_length("a" * 301, LIMIT)


@pytest.mark.parametrize("text", ["", " \n", "👩‍👩‍👧" * 300, "\ud800"])
def test_text_that_cannot_be_sent_is_refused(text: str) -> None:
    with pytest.raises(ConnectorError):
        check_length(text, LIMIT)


async def test_facets_count_bytes() -> None:
    facets = await find_facets("Déjà vu: https://example.com #thé @gone.test", nobody)
    assert [(f["index"]["byteStart"], f["index"]["byteEnd"]) for f in facets] == [
        (11, 30),
        (31, 36),
    ]


@pytest.mark.parametrize("settings", [{"pdz": "x"}, {"stream": "telegraph"}, {"poll_seconds": "0"}])
def test_wrong_setting_is_named(settings: dict[str, str]) -> None:
    with pytest.raises(BadInput, match=next(iter(settings))):
        read_settings(Channel(network="bluesky", handle="a.test", settings=settings))
