"""Every address that a person or a server can supply, with every spelling of a place inside the
house: nothing is connected to, and a sentence says why (server-side request forgery)."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes import reddit as reddit_fake
from amends.bench.faults.fakes.reviews import keys
from amends.connectors.mastodon.oauth import SignIn
from amends.connectors.registry import make
from amends.connectors.websearch import WebSearch
from amends.desk.drafts.endpoint import Endpoint, complete
from amends.listening.lines.sources import World, source_of
from amends.outbound import Outbound
from amends.terms import AmendsError, Channel, Credentials

Door = Callable[[Outbound, str], Awaitable[object]]

# Where each leads to is told by ``resolve``; literals are looked up nowhere.
NAMES = {
    "localhost": ["127.0.0.1"],
    "localhost.": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "inside.example": ["10.0.0.8"],
}
INSIDE = (
    *NAMES, "127.0.0.1", "127.0.0.1.", "127.1", "0.0.0.0", "0", "2130706433", "0x7f000001",
    "0x7f.0.0.1", "0177.0.0.1", "017700000001", "10.0.0.8", "192.168.0.1", "169.254.169.254",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00:ec2::254]", "\uff11\uff12\uff17.0.0.1",
)  # fmt: skip


async def resolve(host: str, port: int) -> Sequence[str]:
    if host not in NAMES:
        raise OSError("no such name")
    return NAMES[host]


def channel(network: str, handle: str = "us", **settings: str) -> Channel:
    return Channel(network=network, handle=handle, settings=settings)


SECRETS = Credentials(
    values={"access_token": "t", "token": "t", "identifier": "us.test", "password": "p"}
)


def connector(network: str, outbound: Outbound, **settings: str) -> Any:
    return make(channel(network, **settings), SECRETS, outbound, HandClock())


async def feed(outbound: Outbound, origin: str) -> object:
    made = connector("feeds", outbound, feeds=f"{origin}/feed")
    return await made.fetch(made.sources([])[0], None)


async def mastodon_sign_in(outbound: Outbound, origin: str) -> object:
    return await SignIn(origin, outbound, HandClock()).register()


async def x_upload(outbound: Outbound, origin: str) -> object:
    made = connector("x", outbound, api=origin, upload=origin)
    return await made.upload(b"picture", kind="image/png", alt="")


async def bluesky_stream(outbound: Outbound, origin: str) -> object:
    url = origin.replace("http", "ws", 1)
    made = connector("bluesky", outbound, stream="jetstream-v1", stream_url=url)
    return await anext(made.stream(None))


async def model(outbound: Outbound, origin: str) -> object:
    return await complete(outbound, Endpoint(f"{origin}/v1", "m"), [{"role": "user"}])


async def web_search(outbound: Outbound, origin: str) -> object:
    return await WebSearch("key", outbound, HandClock(), host=origin).page("halcyon", 0)


async def app_store(outbound: Outbound, origin: str) -> object:
    secrets = {"key_id": "K", "issuer_id": "I", "private_key": keys()["ES256"][0]}
    settings = {"app": "1234567890", "api": origin}
    row = Channel(network="appstore", handle="us", settings=settings)
    return await make(row, Credentials(values=secrets), outbound, HandClock()).check()


async def google_tokens(outbound: Outbound, origin: str) -> object:
    secrets = {"client_id": "c", "client_secret": "s", "refresh_token": "r"}
    settings = {"package": "com.example.app", "api": origin, "tokens": f"{origin}/token"}
    row = Channel(network="googleplay", handle="us", settings=settings)
    return await make(row, Credentials(values=secrets), outbound, HandClock()).check()


async def reddit(outbound: Outbound, origin: str) -> object:
    return await reddit_fake.connector(
        reddit_fake.FakeReddit(HandClock()), outbound, oauth_url=origin, reddit_url=origin
    ).check()


def mail(which: str) -> Door:
    """The two servers of an account; they are named by host and port."""

    async def sign_in(outbound: Outbound, origin: str) -> object:
        host, _, port = origin.removeprefix("http://").rpartition(":")
        told = {
            "imap_host": host, "imap_port": port, "imap_security": "tls",
            "smtp_host": host, "smtp_port": port, "smtp_security": "starttls",
        }  # fmt: skip
        row = Channel(network="mail", handle="help@us.test", settings=told)
        made: Any = make(row, SECRETS, outbound, HandClock())
        return await (made.check() if which == "imap" else made._submission.check())

    return sign_in


def listened(scheme: str) -> Door:
    async def open_it(outbound: Outbound, origin: str) -> object:
        async def sleep(seconds: float) -> None:
            raise TimeoutError("it was to be tried again")

        def tell(sentence: str) -> None:
            raise AmendsError(sentence)

        world = World(
            outbound=outbound, clock=HandClock(), rng=random.Random(1), sleep=sleep, tell=tell
        )
        return await anext(source_of(origin.replace("http", scheme, 1), world).open(None))

    return open_it


DOORS: dict[str, Door] = {
    "feed": feed,
    "Mastodon server": lambda out, at: connector("mastodon", out, server=at).check(),
    "Mastodon server at signing in": mastodon_sign_in,
    "X host": lambda out, at: connector("x", out, api=at).check(),
    "X upload host": x_upload,
    "Bluesky PDS": lambda out, at: connector("bluesky", out, pds=at).check(),
    "Bluesky stream": bluesky_stream,
    "demo server": lambda out, at: connector("demo", out, url=at).check(),
    "model endpoint": model,
    "web search": web_search,
    "App Store": app_store,
    "Google's tokens": google_tokens,
    "Reddit": reddit,
    "mail server that is read": mail("imap"),
    "mail server that sends": mail("smtp"),
    "HTTP stream": listened("http"),
    "WebSocket stream": listened("ws"),
}
_NO_REDIRECTS = {
    "HTTP stream", "WebSocket stream", "Bluesky stream",
    "mail server that is read", "mail server that sends",
}  # fmt: skip
FOLLOW_REDIRECTS = sorted(set(DOORS) - _NO_REDIRECTS)


@asynccontextmanager
async def listening_at(host: str, answer: bytes = b"") -> AsyncIterator[tuple[int, list[bytes]]]:
    """A port, and the requests that came to it."""
    came: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(b"connected")
        if answer:
            came.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(take, host, 0)
    try:
        yield server.sockets[0].getsockname()[1], came
    finally:
        server.close()


@pytest.mark.parametrize("door", sorted(DOORS))
async def test_no_door_leads_inside_the_house(door: str) -> None:
    let_in = []
    async with listening_at("127.0.0.1") as (port, came):
        for host in INSIDE:
            outbound = Outbound(resolve=resolve, timeout=5)
            try:
                await DOORS[door](outbound, f"http://{host}:{port}")
                let_in.append(host)
            except AmendsError as error:
                if not str(error).strip().endswith((".", ")")):
                    let_in.append(f"{host}: {error}")
            finally:
                await outbound.aclose()
    assert (let_in, came) == ([], [])


@pytest.mark.parametrize("door", sorted(DOORS))
async def test_every_door_is_one(door: str) -> None:
    """Where the operator allows the house, each does lead there: nothing else stops them above."""
    async with listening_at("127.0.0.1") as (port, came):
        outbound = Outbound(allow=["127.0.0.1:*"], resolve=resolve, timeout=5)
        with pytest.raises((AmendsError, TimeoutError)):
            await DOORS[door](outbound, f"http://127.0.0.1:{port}")
        await outbound.aclose()
    assert came


@pytest.mark.parametrize("door", FOLLOW_REDIRECTS)
@pytest.mark.parametrize("status", [302, 307])
async def test_no_redirect_leads_inside_the_house(door: str, status: int) -> None:
    """The first server may be reached; where it sends us may not."""
    async with listening_at("127.0.0.1") as (port, came):
        for host in (
            "127.0.0.1",
            "localhost",
            "2130706433",
            "[::ffff:127.0.0.1]",
            "169.254.169.254",
        ):
            head = f"HTTP/1.1 {status} Go\r\nlocation: http://{host}:{port}/\r\n"
            away = f"{head}content-length: 0\r\nconnection: close\r\n\r\n".encode()
            async with listening_at("127.0.0.2", away) as (first, asked):
                outbound = Outbound(allow=[f"127.0.0.2:{first}"], resolve=resolve, timeout=5)
                with pytest.raises(AmendsError):
                    await DOORS[door](outbound, f"http://127.0.0.2:{first}")
                await outbound.aclose()
            assert asked
    assert came == []


async def test_name_that_changes_where_it_leads_is_looked_at_each_time() -> None:
    """DNS rebinding: the first answer is harmless, the second is not; between them nobody asks."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])

    async def changing(host: str, port: int) -> Sequence[str]:
        return next(answers)

    body = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
    async with listening_at("127.0.0.2", body) as (port, first):
        outbound = Outbound(allow=["127.0.0.2/32"], resolve=changing, timeout=5)
        answer = await outbound.request("GET", f"http://rebinding.example:{port}/")
        with pytest.raises(AmendsError, match=r"127\.0\.0\.1"):
            await outbound.request("GET", f"http://rebinding.example:{port}/")
        await outbound.aclose()
    assert (answer.status, len(first)) == (200, 2)
