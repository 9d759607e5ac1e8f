"""Whatever a network sends: the good posts beside it are stored and the cursor moves."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest
from django.db import connection

from amends.connectors.protocol import Revisits
from amends.desk.actions import proof
from amends.desk.models import Case, Cursor, DeadLetterRow, PostRow
from amends.desk.workers import listen
from amends.desk.workers.listen import steps_for
from amends.desk.workers.revisit import revisit
from amends.desk.workers.sink import DeskSink
from amends.listening.taking import Door
from amends.terms import Author, DeadLetter, Media, Page, Post, Ref
from amends.text.language import language_detector
from tests.factories import NOON, case, channel, watch
from tests.support.readers import fast_reader
from tests.support.trying import Tried

pytestmark = pytest.mark.database

LONG, NUL, LONE = "x" * 10_000, "a\0b", "a\ud800b"
EAST = timezone(timedelta(hours=14))
FIRST, LAST = datetime(1, 1, 1, tzinfo=EAST), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
READER, DETECTOR = fast_reader, cache(language_detector)  # slow to load, and the same
TEXTS = {"long": LONG, "nul": NUL, "lone": LONE, "bidi": "\u202ea\u2066b"}


class Noon:
    def now(self) -> datetime:
        return NOON


@pytest.fixture(autouse=True)
def _load_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "language_detector", DETECTOR)


def _places(text: str) -> Mapping[str, dict[str, Any]]:
    ref = Ref(id=text, author=Author(id=text, handle=text, name=text), text=text)
    return {
        "id": {"id": text},
        "text": {"text": f"halcyon {text}"},
        "url": {"url": text},
        "lang": {"lang": text},
        "author.id": {"author": Author(id=text, handle="rosa")},
        "author.handle": {"author": Author(handle=text)},
        "author.name": {"author": Author(id="id-rosa", handle="rosa", name=text)},
        "conversation": {"conversation": text},
        "in_reply_to": {"in_reply_to": ref},
        "repost_of": {"repost_of": ref},
        "quote_of": {"quote_of": ref},
        "links": {"links": (text,)},
        "media": {"media": (Media(kind=text, url=text, alt=text),)},
        "counts": {"counts": {text: 1}},
    }


ODD: dict[str, dict[str, Any]] = {
    f"{kind} {place}": facts
    for kind, text in TEXTS.items()
    for place, facts in _places(text).items()
} | {
    "first moment": {"created_at": FIRST},
    "last moment": {"created_at": LAST, "edited_at": LAST},
    "followers beyond 64 bits": {"author": Author(id="r", handle="r", followers=2**70)},
    "followers below zero": {"author": Author(id="r", handle="r", followers=-(2**63) - 1)},
    "counts beyond 64 bits": {"counts": {"likes": 2**70}},
    "many links": {"links": tuple(f"https://a.example/{n}" for n in range(5_000))},
    "long network": {"network": LONG},
}


def _here(names: Iterable[str]) -> list[str]:
    """What a database may refuse, length, zero byte and surrogates, is tried on both."""
    sqlite = connection.vendor == "sqlite"
    return [name for name in names if sqlite or not name.startswith("bidi")]


def _post(**facts: Any) -> Post:
    plain: dict[str, Any] = {
        "id": "odd",
        "text": "Halcyon lost my bag",
        "network": "demo",
        "author": Author(id="id-rosa", handle="rosa"),
        "created_at": NOON,
    }
    return Post(**plain | facts)


def _door() -> Door:
    row = channel()
    watch()
    refs = (f"H{number}" for number in range(100))
    sink = DeskSink(row, threshold=0.5, clock=Noon(), new_ref=lambda: next(refs))
    return Door("notifications", steps_for(row, READER()), sink)


def _take(door: Door, page: Page) -> None:
    try:
        door.take(page)
    except Exception:  # noqa: BLE001 (what the listener does after a few of these)
        door.take_one_by_one(page, NOON)


def test_good_post_beside_an_odd_one_is_stored_and_the_cursor_moves() -> None:
    door, tried = _door(), Tried()
    good = _post(id="good", text="Halcyon broke my pram")
    for name in _here(ODD):
        with tried(name):
            _take(door, Page(posts=[_post(**ODD[name]), good], cursor="7", to_us=True))
            kept, dead = PostRow.objects.count() - 1, DeadLetterRow.objects.count()
            dropped = name.endswith("repost_of")
            assert PostRow.objects.filter(native_id="good").exists()
            assert (kept + dead + dropped, Cursor.objects.get().value) == (1, "7")
            assert all(proof(one).whole for one in Case.objects.all())
    assert not tried.wrong


def test_odd_dead_letters_and_removals_stop_nothing() -> None:
    door, tried = _door(), Tried()
    for kind in _here(TEXTS):
        with tried(kind):
            text = TEXTS[kind]
            dead = DeadLetter(source=text, reason=text, raw=text, line=1)
            _take(door, Page(posts=[], cursor="8", dead=[dead], deleted=[text]))
            assert (DeadLetterRow.objects.count(), Cursor.objects.get().value) == (1, "8")
    assert not tried.wrong


def test_odd_edit_stops_nothing() -> None:
    door, tried = _door(), Tried()
    _take(door, Page(posts=[_post()], cursor="1", to_us=True))
    for kind in _here(TEXTS):
        with tried(kind):
            for later in (1, 2):
                at = NOON + timedelta(minutes=later)
                edited = _post(text=f"Halcyon {TEXTS[kind]}", edited_at=at)
                _take(door, Page(posts=[edited], cursor=f"edit {later}", to_us=True))
            found = (PostRow.objects.get().text[:8], Cursor.objects.get().value)
            assert found == ("Halcyon ", "edit 2")
    assert not tried.wrong


class Network:
    """What looking again at posts finds."""

    revisit_every = timedelta(minutes=1)

    def __init__(self, post: Post, *gone: str) -> None:
        self.post, self.gone = post, gone

    async def revisit(self, post_ids: Any) -> tuple[list[Post], list[str]]:
        return [self.post], list(self.gone)


async def _inline(work: Any) -> Any:
    return work()


def _look_again(network: Revisits) -> None:
    """Without an event loop: nothing here waits."""
    row = channel()
    sink = DeskSink(row, threshold=0.5, clock=Noon(), new_ref=lambda: "R1")
    work = revisit(
        row,
        network,
        sink=sink,
        clock=Noon(),
        database=_inline,  # type: ignore[arg-type]
        reader=READER(),
    )
    with pytest.raises(StopIteration):
        work.send(None)


def test_odd_text_found_when_looking_again_is_one_edit_and_no_more() -> None:
    row, tried = case(native_id="odd"), Tried()
    PostRow.objects.update(heard_at=NOON - timedelta(hours=1))
    for kind in _here(TEXTS):
        with tried(kind):
            for _ in range(2):
                _look_again(Network(_post(text=TEXTS[kind]), TEXTS[kind]))
            assert row.history.filter(kind="post.edited").count() == 1
    assert not tried.wrong
