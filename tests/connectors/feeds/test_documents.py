"""What feeds tell, in their three languages and in broken ones."""

import contextlib
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.connectors.feeds.documents import Item, read_document
from amends.connectors.feeds.translate import read_item
from amends.terms import Author, BadInput, Media, Post

PAYLOADS = Path(__file__).parents[2] / "payloads" / "feeds"
NOW = datetime(2026, 3, 3, tzinfo=UTC)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + '<!ENTITY own SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><title>B</title><item><guid>1</guid><title>x &a11; y &own;</title></item>"
    "</channel></rss>"
)


def posts(body: bytes) -> list[Post]:
    return [read_item(one, host="h.example", latest=NOW) for one in read_document(body).items]


def test_rss_item_is_a_post() -> None:
    document = read_document((PAYLOADS / "blog.rss.xml").read_bytes())
    post = read_item(document.items[0], host="maud.example", latest=NOW)
    assert (document.title, document.every_s) == ("Maud on the road", 1800)
    assert post == Post(
        id="maud.example/maud-17",
        text="Brindlewing & my suitcase\n\nIt came back in pieces.\n\n"
        "See the pictures (https://photos.example/1).\n\nA wheel",
        network="feeds",
        url="https://maud.example/suitcase",
        author=Author(id="maud.example/by:Maud", name="Maud"),
        created_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        links=("https://photos.example/1",),
        media=(
            Media(kind="audio", url="https://maud.example/call.mp3"),
            Media(kind="image", url="https://photos.example/case.jpg"),
        ),
    )


def test_item_that_says_nothing_is_refused() -> None:
    empty = read_document((PAYLOADS / "blog.rss.xml").read_bytes()).items[1]
    with pytest.raises(BadInput, match="no title and no text"):
        read_item(empty, host="maud.example", latest=NOW)


def test_review_of_a_store_keeps_its_stars() -> None:
    """Application stores tell reviews as Atom, the text twice."""
    [post] = posts((PAYLOADS / "reviews.atom.xml").read_bytes())
    assert post == Post(
        id="h.example/9001",
        text="Loses my place\n\nSince the update it forgets my seat <3 times a day.",
        network="feeds",
        url="https://store.example/reviews/9001",
        author=Author(id="h.example/by:https://store.example/people/otto", name="Otto"),
        created_at=datetime(2026, 3, 1, 15, tzinfo=UTC),
        counts={"rating": 2},
    )


def test_json_feed_is_read() -> None:
    [post] = posts((PAYLOADS / "board.feed.json").read_bytes())
    assert post == Post(
        id="h.example/44",
        text="No answer from Brindlewing for a week.",
        network="feeds",
        url="https://board.example/44",
        author=Author(id="h.example/by:https://board.example/ilse", name="Ilse"),
        created_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        lang="en",
        media=(Media(kind="image", url="https://board.example/44.png"),),
    )


def test_atom_in_xhtml_is_text() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>T</title>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a <em>b</em></p><p>c</p></div>
    </content></entry></feed>"""
    assert [post.text for post in posts(body)] == ["T\n\na b\n\nc"]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (b"<title>caf\xc3\xa9 &nbsp;&eacute; &bogus; R&D</title>", "café é &bogus; R&D"),
        (b"<title>a<title>b</item>", "ab"),
    ],
)
def test_broken_feed_that_is_whole_is_read(inside: bytes, text: str) -> None:
    body = b"<rss><channel><item><guid>1</guid>" + inside + b"</item></channel></rss>"
    assert [post.text for post in posts(body)] == [text]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<!doctype html><p>Down</p>", "HTML"),
        (b"<rss><channel><item><title>half of", "half of one"),
        (b'{"items": [{', "half of it"),
        (b'{"error": "gone"}', "no list of items"),
        (b"<svg/>", "<svg>"),
    ],
)
def test_what_is_no_feed_is_refused_by_name(body: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_document(body)


def test_bombs_and_outside_entities_stay_unread() -> None:
    [post] = posts(BOMB.encode())
    assert post.text == "x &a11; y &own;"


@pytest.mark.parametrize("depth", [300, 90_000])
def test_depth_breaks_nothing(depth: int) -> None:
    deep = b"<rss><channel><item><title>a</title>" + b"<b>" * depth + b"</channel></rss>"
    with contextlib.suppress(BadInput):
        read_document(deep)
    html = "<div>" * depth + "deep"
    assert read_item(Item(html=html), host="h", latest=NOW).text == "deep"


HOSTILE = {
    "ends that nothing began": "<b>" * 50_000 + "</i>" * 80_000 + "deep",
    "blanks without end": "<pre>" + " " * 400_000 + "deep",
    "unclosed comments": "<!--" * 100_000 + "deep",
    "references": "&" * 400_000 + "deep",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_markup_made_to_be_slow_is_not(name: str) -> None:
    began = time.process_time()
    read_item(Item(html=HOSTILE[name], title="T"), host="h", latest=NOW)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("junk", [b"&" * 2_000_000, b"&x;" * 1_000_000, b"<item/>" * 200_000])
def test_document_made_to_be_slow_is_not(junk: bytes) -> None:
    began = time.process_time()
    with contextlib.suppress(BadInput):
        posts(b"<rss><channel>" + junk + b"</channel></rss>")
    assert time.process_time() - began < 1.0


JUNK = st.sampled_from(
    ["<rss>", "<channel>", "<item>", "<guid>", "<title>", "</title>", "</item>", "</channel>",
     "</rss>", "<feed>", "<entry>", "&amp;", "&#0;", "&x;", "<![CDATA[", "]]>", "<!DOCTYPE a [",
     "<a href='http://x'>", "\ud800", "\0", "<pubDate>", "9999-12-31T23:59:59-23:59", "<?xml",
     "<content type='xhtml'>", "é", "<im:rating>1e9</im:rating>"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(JUNK | st.text(max_size=4), max_size=20), st.binary(max_size=20))
def test_anything_is_read_or_refused(pieces: list[str], junk: bytes) -> None:
    whole = "".join(pieces).encode("utf-8", "surrogatepass")
    for body in (whole, junk, b"<rss><channel><item>" + whole + b"</item></channel></rss>"):
        try:
            posts(body)
        except BadInput:
            continue
    read = Item(html="".join(pieces), title="".join(pieces), created="".join(pieces), rating="nan")
    with contextlib.suppress(BadInput):
        read_item(read, host="h", latest=NOW)
