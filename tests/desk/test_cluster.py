"""What frames from a cluster come to in the desk: what a listener would have stored."""

import json
from typing import Any

import pytest

from amends.desk.models import Case, ChannelRow, DeadLetterRow, DropCount, MentionRow, PostRow
from amends.desk.workers.cluster import DeskTaker
from amends.listening.cluster import Packet, source_of_channel
from tests import factories
from tests.listening.fakes import Clock
from tests.support.readers import fast_reader

pytestmark = pytest.mark.database


def taker() -> DeskTaker:
    refs = iter(f"REF{number}" for number in range(100))
    return DeskTaker(reader=fast_reader(), clock=Clock(), new_ref=lambda: next(refs))


def source(channel: ChannelRow) -> str:
    return source_of_channel(channel.pk, "stream")


def post(native: str, text: str, **more: Any) -> bytes:
    said = {"id": native, "network": "demo", "text": text, "author": {"id": "u1", "handle": "rosa"}}
    return json.dumps(said | more).encode()


def packet(*lines: bytes, **more: Any) -> Packet:
    return Packet(kind="posts", lines=lines, **more)


COMPLAINT = post(
    "1", "@halcyonair you lost my bag and nobody answers. Halcyon is the worst airline."
)
ANSWER = post("2", "Still nothing, day three.", in_reply_to="1", conversation="1")
OTHER = post("3", "What a lovely morning.")


def stored() -> list[str]:
    return sorted(PostRow.objects.values_list("native_id", flat=True))


@pytest.mark.alike
def test_frames_become_what_a_listener_would_have_stored() -> None:
    factories.watch()
    channel = factories.channel()
    took = [taker().take(source(channel), packet(one)) for one in (COMPLAINT, ANSWER, OTHER)]
    assert (took, stored(), Case.objects.count()) == ([1, 1, 0], ["1", "2"], 1)
    assert dict(DropCount.objects.values_list("reason", "count")) == {"no_watch": 1}


def test_frames_taken_again_change_nothing() -> None:
    factories.watch()
    channel, desk = factories.channel(), taker()
    for _ in range(2):
        desk.take(source(channel), packet(COMPLAINT, ANSWER))
    rows = (stored(), MentionRow.objects.count(), Case.objects.get().history.count())
    desk.take(source(channel), packet(COMPLAINT, ANSWER))
    assert rows == (stored(), MentionRow.objects.count(), Case.objects.get().history.count())


def test_removal_that_overtook_its_post_removes_it_the_second_time() -> None:
    factories.watch()
    channel, desk = factories.channel(), taker()
    gone = packet(deleted=("1",))
    desk.take(source(channel), gone)
    desk.take(source(channel), packet(COMPLAINT))
    assert PostRow.objects.get().deleted_at is None
    desk.take(source(channel), gone)
    assert PostRow.objects.get().deleted_at is not None


@pytest.mark.alike
def test_frame_that_cannot_be_read_becomes_a_dead_letter() -> None:
    factories.watch()
    channel = factories.channel()
    assert taker().take(source(channel), packet(b'{"text":1}', COMPLAINT)) == 1
    letter = DeadLetterRow.objects.get()
    assert (letter.source, letter.raw) == ("demo:halcyonair", '{"text":1}')


@pytest.mark.alike
def test_new_watch_is_heard_soon() -> None:
    factories.watch()
    channel, desk = factories.channel(), taker()
    assert desk.take(source(channel), packet(OTHER)) == 0
    factories.watch("brand", "lovely morning")  # type: ignore[arg-type]
    desk.clock.time += desk.clock.time - desk.clock.time.replace(hour=0)  # type: ignore[attr-defined]
    assert desk.take(source(channel), packet(OTHER)) == 1


def test_frames_of_a_channel_that_is_gone_are_nobodys() -> None:
    channel = factories.channel()
    ChannelRow.objects.update(enabled=False)
    assert taker().take(source(channel), packet(COMPLAINT)) == 0
    assert stored() == []
