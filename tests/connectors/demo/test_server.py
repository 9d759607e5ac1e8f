"""The demo server: many clients, odd requests, controls for tests, a clean end."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from amends.outbound import Outbound, Response
from amends.terms import ReplyTarget
from tests.connectors.demo.worlds import BRAND, TOKEN, DemoWorld, serving

SIGNED = {"authorization": f"Bearer {TOKEN}", "x-account": BRAND}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all requests that change nothing."""
    with serving(tmp_path_factory.mktemp("plain") / "demo.sqlite3") as url:
        yield url


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("controlled") / "demo.sqlite3", control=True) as url:
        yield url


@asynccontextmanager
async def asking_at(url: str) -> AsyncIterator[Any]:
    """A function that asks a server: ``ask(method, path, **how) -> Response``."""
    outbound = Outbound(allow=["127.0.0.1:*"])

    async def ask(method: str, path: str, **how: Any) -> Response:
        how = {"headers": SIGNED} | how
        return await outbound.request(method, url + path, **how)

    try:
        yield ask
    finally:
        await outbound.aclose()


@asynccontextmanager
async def asking(tmp_path: Path, *, control: bool = False) -> AsyncIterator[Any]:
    """The same, of a server of its own."""
    with serving(tmp_path / "demo.sqlite3", control=control) as url:
        async with asking_at(url) as ask:
            yield ask


async def test_many_clients_at_once_are_all_served(tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite3"
    with serving(path) as url:
        async with DemoWorld(path, url=url) as world:
            connector = await world.connector()
            post = await world.post_as_customer("is late.", mention=True)
            target = ReplyTarget(author=await connector.author("maud"), post_id=post)
            ways = [connector.fetch("notifications", None) for _ in range(40)]
            sent = [connector.publish(f"{n}", target=target, attempt=f"a{n}") for n in range(40)]
            pages, _ = await asyncio.gather(asyncio.gather(*ways), asyncio.gather(*sent))
            assert {page.posts[0].id for page in pages} == {post}
            assert len(world.demo.replies_by(BRAND)) == 40


@pytest.mark.parametrize(
    ("method", "path", "how", "status"),
    [
        ("GET", "/health", {"headers": {}}, 200),
        ("GET", "/me", {"headers": {}}, 401),
        ("GET", "/me", {"headers": {"authorization": "Bearer wrong"}}, 401),
        ("GET", "/", {}, 404),
        ("GET", "/nothing/here", {}, 404),
        ("GET", "/events?source=notifications&cursor=x", {}, 400),
        ("GET", "/events?source=notifications&limit=0", {}, 400),
        ("GET", "/events?source=search:", {}, 404),
        ("POST", "/posts", {"content": b"[1, 2"}, 400),
        ("POST", "/posts", {"content": b"[]"}, 400),
        ("POST", "/posts", {"content": b"[" * 50_000}, 400),
        ("POST", "/posts", {"content": b"x" * 70_000}, 400),
        ("POST", "/posts", {"json": {"text": 7, "reply_to": "p"}}, 422),
        ("POST", "/control/post", {"json": {"handle": "maud", "text": "Hi"}}, 404),
    ],
)
async def test_an_odd_request_gets_a_plain_answer(
    address: str, method: str, path: str, how: dict[str, Any], status: int
) -> None:
    async with asking_at(address) as ask:
        response = await ask(method, path, **how)
        assert (response.status, isinstance(response.json(), dict)) == (status, True)


async def test_controls_post_and_ask_for_faults(tmp_path: Path) -> None:
    async with asking(tmp_path, control=True) as ask:
        post = {"handle": "maud", "text": "Brindlewing is late."}
        made = (await ask("POST", "/control/post", json=post)).json()
        await ask("POST", "/control/fail", json={"verb": "check", "kind": "error"})
        failed = [(await ask("GET", "/me")).status for _ in range(2)]
        posts = (await ask("POST", "/control/posts")).json()["posts"]
        assert (failed, [found["id"] for found in posts]) == ([500, 200], [made["id"]])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/control/dance", {}, 422),
        ("/control/fail", {"verb": "dance", "kind": "lost"}, 422),
        ("/control/post", {"handle": "maud"}, 422),
        ("/control/edit", {"id": "none", "text": "x"}, 404),
    ],
)
async def test_a_control_that_makes_no_sense_is_told(
    controlled: str, path: str, body: dict[str, Any], status: int
) -> None:
    async with asking_at(controlled) as ask:
        assert (await ask("POST", path, json=body)).status == status


async def test_controls_need_the_token_too(tmp_path: Path) -> None:
    async with asking(tmp_path, control=True) as ask:
        response = await ask("POST", "/control/heal", headers={}, json={})
        assert response.status == 401


async def test_it_stops_with_its_file_whole(tmp_path: Path) -> None:
    async with asking(tmp_path, control=True) as ask:
        await ask("POST", "/control/post", json={"handle": "maud", "text": "Late."})
    db = sqlite3.connect(tmp_path / "demo.sqlite3")
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
