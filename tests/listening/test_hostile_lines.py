"""Whatever a line is made of, it comes to the same with a scanner and with tables (R07, R08)."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.listening.frames.registry import KINDS
from amends.matching import Matcher, compile  # noqa: A004 (the word of the field)
from amends.matching.engine import index as index_module
from amends.matching.engine import plain as plain_module

pytest.importorskip("hyperscan")

QUERIES = {
    "word": "zebra -late",
    "group": "zebra (late OR stra\u00dfe OR \u624b\u673a)",
    "wide": "\u624b\u673a OR caf\u00e9",
    "edge": "okap* OR fuzzy:zebras",
    "phrase": '"zebra late" OR #zebra OR @okapi',
    "none": "from:zebra",
}
PIECES = ["zebra", "Zebra", "zebras", "okapi", "late", "stra\u00dfe", "STRASSE", "\u624b\u673a"]
PIECES += [
    "ze\u200bbra",
    "ze\u00adbra",
    "\uff5aebra",
    "zebr\u0430",
    "zebra\u0301",
    "\u017febra",
    "caf\u00e9",
]
PIECES += [
    "cafe\u0301",
    "\ufb01",
    "\u212a",
    "<b>ze</b>bra",
    "&#122;ebra",
    "&amp;",
    "\\",
    '"',
    "#",
    "@",
]
PIECES += [
    " ",
    " ",
    "\n",
    "\U0001f621",
    "\u2764\ufe0f",
    "\u2019",
    "\x1e",
    "\0",
    "\ud800",
    "\u0e19\u0e49",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
DAMAGE = st.sampled_from([b"", b"\xff", b"\xc3", b"\xed\xa0\x80", b"}", b"\\u00", b"\x1e", b"{"])


def framed(kind: str, text: str, number: int) -> dict[str, Any]:
    match kind:
        case "posts":
            return {
                "id": "zebra",
                "zebra": "late",
                "text": text,
                "quote_of": {"id": "2", "text": text},
            }
        case "x":
            return {"data": {"id": str(number), "text": text, "zebra": "late"}}
        case "jetstream":
            record = {
                "$type": "app.bsky.feed.post",
                "text": text,
                "createdAt": "2026-10-01T12:00:00Z",
            }
            commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "zebra"}
            return {
                "did": "did:plc:zebra",
                "kind": "commit",
                "commit": {**commit, "record": record},
            }
    return {"id": str(number), "content": f"<p>{text}</p>", "account": {"id": "1", "acct": "zebra"}}


def told(matcher: Matcher, lines: list[bytes], kind: str) -> list[object]:
    looked = matcher.lines(lines, KINDS[kind])
    dead = [(at, str(error)) for at, error in looked.dead]
    return [looked.matches, looked.others, dead]


@cache
def matchers() -> tuple[Matcher, Matcher]:
    """One that scans, and one that looks up."""
    scanning = compile(QUERIES)
    assert scanning._state.main.index._ready.scanners
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "scanner", lambda _probes, _wanted: None)
        return scanning, compile(QUERIES)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(list(KINDS)), st.lists(TEXTS, max_size=5), st.booleans(), DAMAGE, st.data())
def test_scanner_changes_nothing_in_what_lines_come_to(
    kind: str, texts: list[str], escaped: bool, damage: bytes, data: st.DataObject
) -> None:
    frames = [framed(kind, text, number) for number, text in enumerate(texts)]
    lines = [
        json.dumps(one, ensure_ascii=escaped).encode("utf-8", "surrogatepass") for one in frames
    ]
    if lines and damage:
        at = data.draw(st.integers(0, len(lines[0])))
        lines[0] = lines[0][:at] + damage + lines[0][at + 2 :]
    scanning, looking_up = matchers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_module, "_FEW", 0)
        patch.setattr(index_module, "_LEARNING", 0)
        assert told(scanning, lines, kind) == told(looking_up, lines, kind)
