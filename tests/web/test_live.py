"""The event stream: who may listen, what it says, and when it ends."""

import asyncio
import itertools
import re
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.test import AsyncClient, Client

from amends.desk.actions import set_password
from amends.desk.models import CaseEvent, Responder
from amends.desk.queries import latest_change
from amends.web.feed import Feed
from amends.web.views.live import _still_welcome, lines
from tests import factories, people
from tests.people import PASSWORD
from tests.support.trying import Tried
from tests.test_house import ROOT
from tests.web.support import signed_in

SECONDS = 5
_TAG = re.compile(r"<[a-z][^>]*>")


def _feed(*numbers: int) -> Feed:
    """A feed that is asked again at once and gives these numbers, the last one for ever."""
    left = itertools.chain(numbers, itertools.repeat(numbers[-1]))

    async def latest() -> int:
        await asyncio.sleep(0)
        return next(left)

    return Feed(latest, every_s=0)


async def _yes() -> bool:
    return True


async def _take(count: int, feed: Feed, **how: float) -> list[bytes]:
    taken = []
    stream = lines(feed, _yes, **how)  # type: ignore[arg-type]
    async with asyncio.timeout(SECONDS):
        async for line in stream:
            taken.append(line)
            if len(taken) == count:
                break
    await stream.aclose()  # type: ignore[attr-defined]
    return taken


async def test_streams_end_when_the_pages_stop() -> None:
    feed = _feed(7)
    stream = lines(feed, _yes)
    said = [await anext(stream), await anext(stream)]
    feed.end()
    async with asyncio.timeout(SECONDS):
        said += [line async for line in stream]
    assert b"".join(said) == b"retry: 2000\n\ndata: 7\n\n"


async def test_stream_says_the_number_and_each_change() -> None:
    said = b"".join(await _take(3, _feed(7, 7, 8)))
    assert re.fullmatch(rb"retry: 2000\n\n(data: [78]\n\n){2}", said)


async def test_stream_beats_while_nothing_happens() -> None:
    assert await _take(4, _feed(7), heartbeat_s=0.01) == [
        b"retry: 2000\n\n",
        b"data: 7\n\n",
        b": \n\n",
        b": \n\n",
    ]


async def test_stream_ends_when_the_person_is_no_longer_welcome() -> None:
    async def never() -> bool:
        return False

    async with asyncio.timeout(SECONDS):
        assert [line async for line in lines(_feed(7), never)] == [b"retry: 2000\n\n"]


async def test_quiet_stream_asks_whether_the_person_is_welcome_within_a_minute() -> None:
    answers = iter([True, False])
    times = itertools.count(0, 20)  # each look at the clock is a heartbeat later

    async def welcome() -> bool:
        return next(answers)

    stream = lines(_feed(7), welcome, clock=lambda: next(times), heartbeat_s=0.01, check_s=60)
    async with asyncio.timeout(SECONDS):
        said = [line async for line in stream]
    assert said.count(b": \n\n") <= 60 // 20


async def test_many_streams_share_one_poller_that_rests_when_they_are_gone() -> None:
    asked = 0

    async def latest() -> int:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return 1

    feed = Feed(latest, every_s=3600)
    await asyncio.gather(*(_take(2, feed) for _ in range(20)))
    assert asked == 1
    assert feed._poller is None


async def test_database_that_is_gone_for_a_while_ends_no_stream() -> None:
    answers: list[int | Exception] = [OSError("gone"), 7]

    async def latest() -> int:
        await asyncio.sleep(0)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert (await _take(2, Feed(latest, every_s=0)))[1] == b"data: 7\n\n"


@pytest.mark.database
@pytest.mark.alike
def test_stranger_is_refused_and_told_nothing() -> None:
    answer = Client().get("/live/")
    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.database
@pytest.mark.alike
def test_no_other_name_of_the_stream_answers() -> None:
    tried = Tried()
    for name in ["case-changed", "..", "all?user=1", "T1", "%00"]:
        with tried(name):
            answer = Client().get(f"/live/{name}")
            assert answer.status_code == 404
            assert b"data:" not in answer.content
    assert tried.wrong == []


@pytest.mark.database
@pytest.mark.alike
def test_stream_is_only_read() -> None:
    assert signed_in(people.mina()).post("/live/").status_code == 405


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
async def test_signed_in_person_is_given_a_stream_of_numbers() -> None:
    client = AsyncClient()
    await client.aforce_login(await Responder.objects.acreate(email="m@d.example", role="viewer"))
    answer = await client.get("/live/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    said = []
    async with asyncio.timeout(SECONDS):
        async for part in answer.streaming_content:  # type: ignore[attr-defined]
            said.append(part)
            if len(said) == 2:
                break
    await answer.streaming_content.aclose()  # type: ignore[attr-defined]
    await sync_to_async(connections.close_all)()
    assert said == [b"retry: 2000\n\n", b"data: 0\n\n"]


def _key(client: Client | AsyncClient) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.database
def test_session_is_welcome_until_it_ends() -> None:
    client = signed_in(people.mina())
    key = _key(client)
    assert _still_welcome(key)
    client.post("/sign-out/")
    assert not _still_welcome(key)


@pytest.mark.database
@pytest.mark.alike
def test_session_is_unwelcome_after_the_person_is_switched_off_or_has_a_new_password() -> None:
    mina, omar = people.mina(), people.omar()
    keys = [_key(signed_in(mina)), _key(signed_in(omar))]
    Responder.objects.filter(pk=mina.pk).update(is_active=False)
    set_password(omar, password=PASSWORD)
    assert [_still_welcome(key) for key in keys] == [False, False]


async def _open(app: ASGIHandler, key: str) -> Any:
    talk: Any = ApplicationCommunicator
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/live/",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"cookie", cookie)],
    }
    one = talk(app, scope)
    await one.send_input({"type": "http.request", "body": b"", "more_body": False})
    said = b""
    while b"data: 0" not in said:
        said += (await one.receive_output(SECONDS)).get("body", b"")
    return one


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
async def test_open_streams_hold_no_threads() -> None:
    person = await Responder.objects.acreate(email="m@d.example", role="viewer")
    client, app = AsyncClient(), ASGIHandler()
    await client.aforce_login(person)
    few = [await _open(app, _key(client))]
    before = threading.active_count()
    many = [await _open(app, _key(client)) for _ in range(12)]
    after = threading.active_count()
    for one in few + many:
        await one.send_input({"type": "http.disconnect"})
        await one.wait(SECONDS)
    await sync_to_async(connections.close_all)()
    assert after - before < len(many) / 2  # the loop's own pool may still be growing


@pytest.mark.database
def test_event_that_becomes_visible_after_a_later_one_is_a_change_too() -> None:
    """PostgreSQL hands out ids before it commits: the slower of two writers has the lower one."""
    row = factories.case()

    def event(pk: int) -> int:
        facts = {"kind": "note.added", "at": factories.NOON, "before": "", "hash": ""}
        CaseEvent.objects.create(pk=pk, case=row, seq=pk, **facts)
        return latest_change()

    numbers = [latest_change(), event(5001), event(5000)]
    assert len(set(numbers)) == 3


def test_what_refreshes_itself_aborts_no_click_within_it() -> None:
    """Who presses a row while the list is drawn anew still gets the case: what is in step with its
    own newest request alone hands that on to nothing it holds."""
    templates = ROOT / "src" / "amends" / "web" / "templates"
    tags = [tag for path in templates.rglob("*.html") for tag in _TAG.findall(path.read_text())]
    in_step = [tag for tag in tags if 'hx-sync="this' in tag and "from:body" in tag]
    assert len(in_step) >= 2
    assert [tag for tag in in_step if 'hx-disinherit="hx-sync"' not in tag] == []
