"""Our own requests against real servers on loopback."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Sequence

import pytest

from amends.outbound import Outbound, OutboundError, Refused, TooLarge, Unreachable, recorded
from amends.outbound.addresses import AllowList
from amends.outbound.dialing import Dialer
from amends.terms import ConnectorError
from tests.outbound.servers import Writer, redirecting, saying, server

HERE = ["localhost:*"]


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound(allow=HERE, timeout=5.0)
    yield made
    await made.aclose()


async def test_request_and_answer(outbound: Outbound) -> None:
    seen: list[bytes] = []
    async with server(saying(b'{"a": [1]}', headers="x-limit: 3\r\n", seen=seen)) as port:
        url = f"http://localhost:{port}/x?a=1"
        answer = await outbound.request(
            "post", url, params={"b": "\u00e9", "c": None}, json={"k": 1}
        )
    assert (answer.status, answer.ok, answer.json()) == (200, True, {"a": [1]})
    assert answer.headers["x-limit"] == "3"
    assert answer.url == f"{url}&b=%C3%A9"
    assert seen[0].startswith(b"POST /x?a=1&b=%C3%A9 HTTP/1.1\r\n")
    assert seen[0].endswith(b'{"k":1}')
    assert f"host: localhost:{port}\r\n".encode() in seen[0].lower()


async def test_answers_are_put_down_byte_for_byte_while_somebody_keeps_a_record(
    outbound: Outbound,
) -> None:
    """R46: evidence; nothing is kept outside the block, or of another task."""
    body = b'{"id":  1}\r\n'
    async with server(saying(body)) as port:
        url = f"http://localhost:{port}/posts/1"
        with recorded() as answers:
            await asyncio.create_task(outbound.request("get", url))
        with recorded() as others:
            pass
        await outbound.request("GET", url)
    assert [(one.method, one.url, one.status, one.body) for one in answers] == [
        ("GET", url, 200, body)
    ]
    assert others == []


async def test_any_status_is_an_answer(outbound: Outbound) -> None:
    async with server(saying(b"no", status="503 Not Now")) as port:
        answer = await outbound.request("GET", f"http://localhost:{port}/")
    assert (answer.status, answer.ok, answer.text) == (503, False, "no")


async def test_loopback_is_refused_unless_allowed() -> None:
    seen: list[bytes] = []
    async with server(saying(seen=seen)) as port:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
            with pytest.raises(Refused):
                await Outbound().request("GET", f"http://{host}:{port}/")
    assert seen == []


async def test_name_is_resolved_once_so_that_rebinding_gains_nothing() -> None:
    answers = [["8.8.8.8"], ["127.0.0.1"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async def connect(address: str, seconds: float | None) -> str:
        return address

    dialer = Dialer(AllowList(), rebinding)
    reached = await dialer.dial(
        connect, host="rebind.example", port=80, patience=1.0, failures=(OSError,)
    )
    assert (reached, answers) == ("8.8.8.8", [["127.0.0.1"]])


async def test_each_new_connection_is_checked_again() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    outbound = Outbound(allow=["127.0.0.1"], resolve=rebinding)
    async with server(saying()) as port:
        url = f"http://rebind.example:{port}/"
        assert (await outbound.request("GET", url)).ok
        with pytest.raises(Refused, match=r"10\.0\.0\.1"):
            await outbound.request("GET", url)


async def test_connection_goes_to_the_address_that_was_checked() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    seen: list[bytes] = []
    async with server(saying(seen=seen)) as port:
        outbound = Outbound(allow=["pds.example"], resolve=resolve)
        await outbound.request("GET", f"http://pds.example:{port}/")
        await outbound.aclose()
    assert f"host: pds.example:{port}\r\n".encode() in seen[0].lower()


async def test_second_address_is_tried_where_the_first_is_dead() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with server(saying()) as port:
        outbound = Outbound(allow=["127.0.0.0/8"], resolve=resolve)
        assert (await outbound.request("GET", f"http://two.example:{port}/")).ok
        await outbound.aclose()


async def test_redirect_is_followed_and_checked(outbound: Outbound) -> None:
    seen: list[bytes] = []
    async with (
        server(saying(b"there", seen=seen)) as port,
        server(redirecting(f"http://localhost:{port}/new", 307)) as first,
    ):
        answer = await outbound.request("GET", f"http://localhost:{first}/old")
    assert (answer.body, answer.url) == (b"there", f"http://localhost:{port}/new")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "file:///x",
    ],
)
async def test_redirect_to_a_forbidden_address_is_refused(outbound: Outbound, target: str) -> None:
    async with server(redirecting(target)) as port:
        with pytest.raises(Refused) as caught:
            await outbound.request("GET", f"http://localhost:{port}/")
    assert caught.value.sent


async def test_credentials_do_not_cross_origins(outbound: Outbound) -> None:
    seen: list[bytes] = []
    headers = {"Authorization": "Bearer secret", "X-Key": "secret", "Accept": "text/plain"}
    async with (
        server(saying(seen=seen)) as port,
        server(redirecting(f"http://localhost:{port}/", seen=seen)) as first,
    ):
        await outbound.request("GET", f"http://localhost:{first}/", headers=headers)
    assert [request.count(b"secret") for request in seen] == [2, 0]
    assert all(b"text/plain" in request for request in seen)


async def test_credentials_stay_within_an_origin(outbound: Outbound) -> None:
    seen: list[bytes] = []

    async def twice(request: bytes, writer: Writer) -> None:
        there = request.startswith(b"GET /there")
        await (saying(seen=seen) if there else redirecting("/there"))(request, writer)

    async with server(twice) as port:
        url = f"http://localhost:{port}/"
        await outbound.request("GET", url, headers={"Authorization": "Bearer secret"})
    assert b"Bearer secret" in seen[0]


async def test_sent_text_is_not_carried_to_another_server(outbound: Outbound) -> None:
    async with server(redirecting("http://localhost:1/", 307)) as port:
        with pytest.raises(Refused, match="another server"):
            await outbound.request("POST", f"http://localhost:{port}/", json={"password": "x"})


async def test_post_answered_by_see_other_becomes_a_get(outbound: Outbound) -> None:
    seen: list[bytes] = []
    async with (
        server(saying(seen=seen)) as port,
        server(redirecting(f"http://localhost:{port}/", 303)) as first,
    ):
        await outbound.request("POST", f"http://localhost:{first}/", json={"a": 1})
    assert seen[0].startswith(b"GET / ")
    assert b"content-" not in seen[0].lower()


async def test_redirects_end(outbound: Outbound) -> None:
    seen: list[bytes] = []
    async with server(redirecting("/", seen=seen)) as port:
        with pytest.raises(OutboundError, match="more than 5 times"):
            await outbound.request("GET", f"http://localhost:{port}/")
    assert len(seen) == 6


async def test_cookies_are_not_kept(outbound: Outbound) -> None:
    seen: list[bytes] = []
    async with server(saying(headers="set-cookie: a=1; path=/\r\n", seen=seen)) as port:
        for _ in range(2):
            await outbound.request("GET", f"http://localhost:{port}/")
    assert not any(b"cookie" in request.lower() for request in seen)


async def test_proxies_of_the_environment_are_ignored(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with server(saying()) as port:
        assert (await outbound.request("GET", f"http://localhost:{port}/")).ok


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw deflate"])
async def test_packed_answer_is_unpacked(outbound: Outbound, packing: str) -> None:
    raw = zlib.compressobj(wbits=-15)
    body = {
        "gzip": gzip.compress(b"[1]", mtime=0),
        "deflate": zlib.compress(b"[1]"),
        "raw deflate": raw.compress(b"[1]") + raw.flush(),
    }[packing]
    header = f"content-encoding: {packing.rsplit(maxsplit=1)[-1]}\r\n"
    async with server(saying(body, headers=header)) as port:
        assert (await outbound.request("GET", f"http://localhost:{port}/")).json() == [1]


@pytest.mark.parametrize("encoding", ["br", "gzip"])
async def test_unreadable_packing_is_an_error(outbound: Outbound, encoding: str) -> None:
    async with server(saying(b"{}", headers=f"content-encoding: {encoding}\r\n")) as port:
        with pytest.raises(OutboundError, match="packed") as caught:
            await outbound.request("GET", f"http://localhost:{port}/")
    assert caught.value.sent


async def test_gzip_bomb_is_not_unpacked(outbound: Outbound) -> None:
    bomb = gzip.compress(b"\0" * 15_000_000, compresslevel=1, mtime=0)
    async with server(saying(bomb, headers="content-encoding: gzip\r\n")) as port:
        with pytest.raises(TooLarge, match="10,000,000 bytes"):
            await outbound.request("GET", f"http://localhost:{port}/")


async def test_body_of_fifty_megabytes_is_not_read(outbound: Outbound) -> None:
    written = 0

    async def endless(request: bytes, writer: Writer) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        for _ in range(500):
            writer.write(b"x" * 100_000)
            await writer.drain()
            written += 100_000

    async with server(endless) as port:
        with pytest.raises(TooLarge):
            await outbound.request("GET", f"http://localhost:{port}/")
    assert written < 50_000_000


async def test_announced_size_is_refused_before_reading(outbound: Outbound) -> None:
    async with server(saying(b"x" * 200)) as port:
        with pytest.raises(TooLarge, match="100 bytes"):
            await outbound.request("GET", f"http://localhost:{port}/", max_bytes=100)
        exactly = await outbound.request("GET", f"http://localhost:{port}/", max_bytes=200)
    assert len(exactly.body) == 200


async def test_slow_drip_ends_at_the_total_timeout() -> None:
    async def drip(request: bytes, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    outbound = Outbound(allow=HERE, timeout=0.3)
    async with server(drip) as port:
        with pytest.raises(Unreachable, match=r"0\.3 seconds") as caught:
            await outbound.request("GET", f"http://localhost:{port}/")
    await outbound.aclose()
    assert caught.value.sent


async def test_failed_connection_sent_nothing(outbound: Outbound) -> None:
    async with server(saying()) as port:
        pass
    with pytest.raises(Unreachable, match="could not be reached") as caught:
        await outbound.request("POST", f"http://localhost:{port}/", json={})
    assert not caught.value.sent


async def test_unknown_name_sent_nothing() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError

    with pytest.raises(Unreachable, match=r"nope\.example is not known") as caught:
        await Outbound(resolve=resolve).request("GET", "http://nope.example/")
    assert not caught.value.sent


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", b"SSH-2\r\n"]
)
async def test_connection_lost_after_sending_may_have_been_heard(
    outbound: Outbound, said: bytes
) -> None:
    async def hang_up(request: bytes, writer: Writer) -> None:
        writer.write(said)

    async with server(hang_up) as port:
        with pytest.raises(Unreachable, match="hung up") as caught:
            await outbound.request("POST", f"http://localhost:{port}/", json={})
    assert caught.value.sent


async def test_silent_server_may_have_heard() -> None:
    release = asyncio.Event()

    async def silent(request: bytes, writer: Writer) -> None:
        await release.wait()

    outbound = Outbound(allow=HERE, timeout=0.2)
    async with server(silent) as port:
        with pytest.raises(Unreachable, match=r"0\.2 seconds") as caught:
            await outbound.request("POST", f"http://localhost:{port}/secret?token=t", json={})
        release.set()
    await outbound.aclose()
    assert caught.value.sent
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>Sign in</html>", "HTML instead of JSON"),
        (b"", "nothing instead of JSON"),
        (b"{broken", "broken text instead of JSON"),
        (b"[" * 100_000, "broken text instead of JSON"),
        (b'"\xff"', "broken text instead of JSON"),
    ],
)
async def test_answer_that_is_no_json_is_told(outbound: Outbound, body: bytes, said: str) -> None:
    async with server(saying(body)) as port:
        answer = await outbound.request("GET", f"http://localhost:{port}/?token=t")
    with pytest.raises(ConnectorError, match=said) as caught:
        answer.json()
    assert "token" not in str(caught.value)


async def test_json_body_is_what_other_tools_read(outbound: Outbound) -> None:
    seen: list[bytes] = []
    async with server(saying(seen=seen)) as port:
        await outbound.request("POST", f"http://localhost:{port}/", json=[{"\u00e9": None}])
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert json.loads(body) == [{"\u00e9": None}]
    assert b"content-type: application/json" in head.lower()


@pytest.mark.parametrize("value", ["caf\u00e9", "two\r\nlines", "blank after "])
async def test_header_that_cannot_be_sent_is_refused_before_anything_leaves(value: str) -> None:
    with pytest.raises(OutboundError, match="The header x-token cannot be sent") as refused:
        await Outbound().request("GET", "https://desk.example/", headers={"x-token": value})
    assert refused.value.sent is False
