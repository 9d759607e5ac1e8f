"""Handles, hashtags and cashtags."""

import time

import pytest

from amends.text import emoji, entities, links, normalise, strip_handles

CASES: dict[str, list[tuple[str, ...]]] = {
    "hi @AcmeAir!": [("@acmeair",)],
    ".@acme_air and (@b2)": [("@acme_air",), ("@b2",)],
    "@acme.bsky.example late": [("@acme.bsky.example",)],
    "@acme@social.example late": [("@acme@social.example",)],
    "@acme.please help": [("@acme.please", "@acme")],
    "@acme-air": [("@acme",)],
    "#Acme_Air #caf\u00e9 #\u624b\u673a": [("#acme_air",), ("#caf\u00e9",), ("#\u624b\u673a",)],
    "$ACME costs $20": [("$acme",)],
    "$BRK.B, $acme.Then $acme.": [("$brk.b", "$brk"), ("$acme",), ("$acme",)],
    "\uff20acme \uff03late": [("@acme",), ("#late",)],
    "\u6211\u7231@acme": [("@acme",)],
    "a@b a#b ##c &#39; @@d": [],
    "me@acme.example me.too@mail.acme.example": [],
    "https://acme.example/@me#late www.acme.example/#x": [],
    "acme.example/@me": [],
    "https://acme.example @acme": [("@acme",)],
    "no signs at all": [],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_entities_are_whole_and_never_in_links(text: str, expected: list[tuple[str, ...]]) -> None:
    assert [entity.names for entity in entities(normalise(text))] == expected


def test_entity_spans_include_the_sign() -> None:
    text = "so @acme, #late"
    assert [text[entity.start : entity.end] for entity in entities(text)] == ["@acme", "#late"]


def test_links_are_those_with_a_scheme_or_www() -> None:
    text = "See HTTPS://A.example/x?y#z, (www.b.example) and 24.12/25.12 c.example/d"
    assert links(normalise(text)) == ["https://a.example/x?y#z,", "www.b.example)"]
    assert links("no http here") == []


def test_emoji_are_pictures_with_their_skin_and_flags() -> None:
    text = "so \U0001f44d\U0001f3fd!\u2764\ufe0f \U0001f1e9\U0001f1ea 1 # a"
    assert emoji(normalise(text)) == ["\U0001f44d\U0001f3fd", "\u2764", "\U0001f1e9\U0001f1ea"]
    assert emoji("plain :)") == []


def test_handles_are_stripped_and_addresses_stay() -> None:
    text = "@acme @b.example.com  late again, write me@acme.example @c"
    assert strip_handles(text) == "late again, write me@acme.example"


def test_long_hostile_text_is_read_in_time() -> None:
    started = time.perf_counter()
    for piece in ("a", "a.", "@a", "@a.", "a-", "#", "@", "a@", "$a", "a./", "http://", "-@"):
        assert isinstance(entities("@" + piece * 20_000), list)
        assert isinstance(strip_handles("@" + piece * 20_000), str)
    assert time.perf_counter() - started < 20
