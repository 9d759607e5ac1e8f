"""Pinning the address leaves the certificate's name in force."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import ServerConnection, serve

from amends.outbound import Outbound, Refused, Response, Unreachable
from amends.outbound.dialing import checked_url
from amends.outbound.redirects import Asked, next_request

NAME = "pds.example"


def certify(folder: Path) -> Path:
    """A certificate for NAME and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "certificate.pem"
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(certificate.public_bytes(pem) + secret)
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, as what it is trusted by is read once for each file."""
    return certify(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def context(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's, whose certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture
async def port(context: ssl.SSLContext) -> AsyncIterator[int]:

    async def echo(socket: ServerConnection) -> None:
        await socket.send("secure")

    def plain(socket: ServerConnection, request: object) -> object:
        asked = getattr(request, "path", "")
        return socket.respond(200, "hello") if asked == "/plain" else None

    async with serve(echo, "127.0.0.1", 0, ssl=context, process_request=plain) as running:  # type: ignore[arg-type]
        yield running.sockets[0].getsockname()[1]


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    made = Outbound(allow=["127.0.0.1"], resolve=resolve)
    yield made
    await made.aclose()
    await asyncio.sleep(0)


async def test_certificate_of_the_name_is_accepted(outbound: Outbound, port: int) -> None:
    assert (await outbound.request("GET", f"https://{NAME}:{port}/plain")).text == "hello"
    async with outbound.sdk_client() as client:
        assert (await client.get(f"https://{NAME}:{port}/plain")).text == "hello"
    async with outbound.websocket(f"wss://{NAME}:{port}/") as socket:
        assert await socket.recv() == "secure"


async def test_certificate_of_another_name_is_not(outbound: Outbound, port: int) -> None:
    with pytest.raises(Unreachable) as caught:
        await outbound.request("GET", f"https://other.example:{port}/plain")
    assert not caught.value.sent
    with pytest.raises(Unreachable):
        await outbound.websocket(f"wss://other.example:{port}/").__aenter__()


async def test_wire_checks_the_name_too(outbound: Outbound, port: int) -> None:
    wire = await outbound.connect(NAME, port, tls=True)
    await wire.send(b"GET /plain HTTP/1.0\r\n\r\n", patience=2.0)
    assert (await wire.line(patience=2.0)).startswith(b"HTTP/1.1")
    with pytest.raises(Unreachable, match=r"by TLS|trusted"):
        await outbound.connect("other.example", port, tls=True)


@pytest.mark.parametrize(("name", "sentence"), [(NAME, ""), ("other.example", "not to be trusted")])
async def test_encryption_begun_later_checks_the_name(
    outbound: Outbound, context: ssl.SSLContext, name: str, sentence: str
) -> None:
    """STARTTLS."""

    async def serve_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.readline()
            writer.write(b"go\r\n")
            await writer.start_tls(context)
            writer.write(b"secure\r\n")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve_later, "127.0.0.1", 0) as server:
        wire = await outbound.connect(name, server.sockets[0].getsockname()[1], tls=False)
        await wire.send(b"begin\r\n", patience=2.0)
        assert await wire.line(patience=2.0) == b"go\r\n"
        if sentence:
            with pytest.raises(Unreachable, match=sentence):
                await wire.start_tls(patience=2.0)
        else:
            await wire.start_tls(patience=2.0)
            assert await wire.line(patience=2.0) == b"secure\r\n"
        await wire.aclose()


def test_redirect_to_plain_http_is_refused() -> None:
    asked = Asked("GET", checked_url("https://a.example/"), {}, None)
    answer = Response(status=302, headers={"location": "http://a.example/"}, body=b"", url="")
    with pytest.raises(Refused, match="without encryption"):
        next_request(asked, answer)
