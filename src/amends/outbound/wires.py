"""Connections for what is no HTTP, such as mail: to an address that was looked at, and no other."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable

from amends.outbound.dialing import Dialer
from amends.outbound.errors import OutboundError, Refused, Unreachable

LONGEST_LINE = 256 * 1024


async def connected(host: str, port: int, dialer: Dialer, seconds: float) -> socket.socket:
    """A socket to a pinned address of a host, not blocking. Raises ``Refused``, ``Unreachable``."""

    async def one(address: str, patience: float | None) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            async with asyncio.timeout(patience):
                await asyncio.get_running_loop().sock_connect(sock, (address, port))
        except BaseException:
            sock.close()
            raise
        return sock

    return await dialer.dial(one, host=host, port=port, patience=seconds, failures=(OSError,))


class Wire:
    """A connection that bytes are written to and read from, as ``Outbound.connect`` gives it.

    Whatever breaks it comes out as ``Unreachable``; a line beyond 256 KiB as ``OutboundError``.
    Times are in seconds.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        host: str,
        context: Callable[[], ssl.SSLContext],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._context = context
        self.host = host

    @property
    def let_go(self) -> bool:
        """Whether it was closed from our side."""
        return self._writer.is_closing()

    @property
    def closed(self) -> bool:
        """Whether nothing more comes or goes."""
        return self._writer.is_closing() or self._reader.at_eof()

    async def send(self, content: bytes, *, patience: float) -> None:
        async with self._told(patience):
            self._writer.write(content)
            await self._writer.drain()

    async def line(self, *, patience: float) -> bytes:
        """The next line with its end. Raises ``Unreachable`` where none comes whole."""
        async with self._told(patience):
            try:
                return await self._reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                msg = f"{self.host} sent a line of more than {LONGEST_LINE // 1024} KiB."
                raise OutboundError(msg, sent=True) from error

    async def exactly(self, length: int, *, patience: float) -> bytes:
        async with self._told(patience):
            return await self._reader.readexactly(length)

    async def start_tls(self, *, patience: float) -> None:
        """Speak TLS from here on; what came before in the clear and was not read is refused."""
        # Else whoever sits between could slip an answer in before the encryption begins.
        if self._reader._buffer:  # type: ignore[attr-defined] # noqa: SLF001
            self.close()
            msg = f"{self.host} said more than was asked before encryption; it was left."
            raise Refused(msg, sent=True)
        async with self._told(patience):
            await self._writer.start_tls(self._context(), server_hostname=self.host)

    def close(self) -> None:
        self._writer.close()

    async def aclose(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(2.0):
                await self._writer.wait_closed()

    @contextlib.asynccontextmanager
    async def _told(self, patience: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(patience):
                yield
        except TimeoutError as error:
            self.close()
            msg = f"{self.host} did not answer within {patience:g} seconds."
            raise Unreachable(msg, sent=True) from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Unreachable(_distrusted(self.host, error), sent=True) from error
        except (OSError, EOFError) as error:
            self.close()
            msg = f"{self.host} closed the connection; open it again."
            raise Unreachable(msg, sent=True) from error


async def open_wire(
    host: str,
    port: int,
    *,
    tls: bool,
    dialer: Dialer,
    context: Callable[[], ssl.SSLContext],
    seconds: float,
) -> Wire:
    """A wire to a host, encrypted from its first byte where ``tls``."""
    sock = await reached(host, port, dialer, seconds)
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(
                sock=sock,
                ssl=context() if tls else None,
                server_hostname=host if tls else None,
                limit=LONGEST_LINE,
            )
    except ssl.SSLCertVerificationError as error:
        sock.close()
        raise Unreachable(_distrusted(host, error)) from error
    except (OSError, EOFError) as error:  # a timeout is one, and so is what is no TLS
        sock.close()
        msg = f"{host}:{port} could not be reached{' by TLS' if tls else ''}; check host, port and encryption."
        raise Unreachable(msg) from error
    return Wire(reader, writer, host, context)


async def reached(host: str, port: int, dialer: Dialer, seconds: float) -> socket.socket:
    """``connected``, with a sentence for what failed."""
    try:
        return await connected(host, port, dialer, seconds)
    except OSError as error:
        msg = f"{host}:{port} could not be reached; check the address and the network."
        raise Unreachable(msg) from error


def _distrusted(host: str, error: ssl.SSLCertVerificationError) -> str:
    return f"The certificate of {host} is not to be trusted ({error.verify_message}); check the name of the server."
