"""IMAP 4rev1 as far as a desk needs it, over a connection that ``outbound`` opened.

The asynchronous library there is stands under the GPL; the others block, and open connections by themselves.
"""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec

from amends.connectors.calling import SOON, Caller, Effect
from amends.connectors.mail.settings import Server
from amends.outbound import OutboundError, Refused, Unreachable, Wire
from amends.terms import ConnectorError, TryLater

_LITERAL = re.compile(rb"\{(\d{1,12})\+?\}\r?\n$")
_CODE = re.compile(r"\[([A-Z-]+)(?: ([^\]]*))?\]", re.IGNORECASE)
_MOST_LINES = 200_000
_MOST_BYTES = 80_000_000  # of one command's answer
_SIGNED_OUT = frozenset(
    {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"}
)
_BUSY = frozenset({"LIMIT", "OVERQUOTA"})
_FAULTY = frozenset({"UNAVAILABLE", "SERVERBUG", "INUSE", "CORRUPTION", "CONTACTADMIN"})
_SLOWLY = re.compile(r"too many|throttl|rate|slow down|try again|later", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

SignIn = Callable[["Imap"], Awaitable[None]]


class Piece(msgspec.Struct, frozen=True):
    """An answer's line; ``literals`` are the bytes that stood where ``text`` has ``\\x00``."""

    text: bytes
    literals: tuple[bytes, ...] = ()

    @property
    def word(self) -> bytes:
        """What an untagged answer is about, such as SEARCH, or the word behind a number."""
        parts = self.text.split(None, 3)
        found = (
            parts[2]
            if len(parts) > 2 and parts[1].isdigit()
            else parts[1]
            if len(parts) > 1
            else b""
        )
        return found.strip().upper()


class Refusal(ConnectorError):
    """NO or BAD for good; ``code`` is the one in square brackets."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class Imap:
    """One signed-in connection. Raises ``TryLater`` for faults, ``AuthError`` where the account is
    refused, ``Refusal`` for what the server does not do."""

    def __init__(self, wire: Wire, caller: Caller, patience: float) -> None:
        self._wire = wire
        self._caller = caller
        self._patience = patience
        self._number = 0
        self.able: frozenset[str] = frozenset()
        self.broken = False

    @property
    def closed(self) -> bool:
        return self.broken or self._wire.closed

    @classmethod
    async def opened(cls, server: Server, caller: Caller, sign_in: SignIn) -> "Imap":
        """A connection in which ``sign_in`` has signed in."""
        outbound = caller.outbound
        try:
            wire = await outbound.connect(server.host, server.port, tls=server.security == "tls")
        except Unreachable as error:
            raise TryLater(str(error), caller.clock.now() + SOON) from error
        made = cls(wire, caller, outbound.timeout)
        try:
            await made._greeted(encrypted=server.security == "starttls")
            await sign_in(made)
            await made._capability()
        except BaseException:
            await made.aclose()
            raise
        return made

    async def run(self, *words: bytes | str | tuple[bytes]) -> list[Piece]:
        """A command and what the server said to it. A tuple of bytes is sent as a literal."""
        self._number += 1
        tag = b"a%d" % self._number
        try:
            await self._say(tag, words)
            return await self._answer(tag)
        except OutboundError as error:
            raise self._lost(error) from error
        except asyncio.CancelledError:
            self.broken = True  # its answer would be read as the next one's
            raise

    async def idle(self, seconds: float) -> bool:
        """Wait until something changes in the selected folder, at most so long; whether it did."""
        self._number += 1
        tag = b"a%d" % self._number
        news = False
        try:
            await self._wire.send(tag + b" IDLE\r\n", patience=self._patience)
            await self._until_continued(tag)
            try:
                async with asyncio.timeout(seconds):
                    while not news:
                        news = (await self._piece(seconds + 60)).word in (b"EXISTS", b"RECENT")
            except TimeoutError:
                pass
            await self._wire.send(b"DONE\r\n", patience=self._patience)
            await self._answer(tag)
        except OutboundError as error:
            raise self._lost(error) from error
        except asyncio.CancelledError:
            self.broken = True
            raise
        return news

    async def authenticate(self, mechanism: str, initial: bytes) -> None:
        """AUTHENTICATE with its only step sent along or upon request."""
        self._number += 1
        tag = b"a%d" % self._number
        packed = base64.b64encode(initial)
        try:
            if "SASL-IR" in self.able:
                await self._wire.send(
                    tag + b" AUTHENTICATE " + mechanism.encode() + b" " + packed + b"\r\n",
                    patience=self._patience,
                )
            else:
                await self._wire.send(
                    tag + b" AUTHENTICATE " + mechanism.encode() + b"\r\n", patience=self._patience
                )
                await self._until_continued(tag)
                await self._wire.send(packed + b"\r\n", patience=self._patience)
            await self._answer(tag, signing_in=True)
        except OutboundError as error:
            raise self._lost(error) from error

    async def login(self, user: str, password: str) -> None:
        words = (b"LOGIN", quoted(user), quoted(password))
        self._number += 1
        tag = b"a%d" % self._number
        try:
            await self._say(tag, words)
            await self._answer(tag, signing_in=True)
        except OutboundError as error:
            raise self._lost(error) from error

    async def aclose(self) -> None:
        if not self.closed:
            with suppress(OutboundError):
                await self._wire.send(b"z LOGOUT\r\n", patience=1.0)
        self.broken = True
        await self._wire.aclose()

    async def _greeted(self, *, encrypted: bool) -> None:
        try:
            greeting = (await self._piece(self._patience)).text
        except OutboundError as error:
            raise self._lost(error) from error
        if not greeting.upper().startswith((b"* OK", b"* PREAUTH")):
            raise self._refusal(greeting, b"NO", signing_in=False)
        await self._capability()
        if encrypted:
            if "STARTTLS" not in self.able:
                msg = f"{self._wire.host} offers no encryption (STARTTLS); choose TLS or another port."
                raise ConnectorError(msg)
            await self.run("STARTTLS")
            try:
                await self._wire.start_tls(patience=self._patience)
            except OutboundError as error:
                raise self._lost(error) from error
            await self._capability()

    async def _capability(self) -> None:
        for piece in await self.run("CAPABILITY"):
            if piece.word == b"CAPABILITY":
                self.able = frozenset(piece.text.decode("ascii", "replace").upper().split()[2:])

    async def _say(self, tag: bytes, words: Sequence[bytes | str | tuple[bytes]]) -> None:
        line = tag
        for word in words:
            if isinstance(word, tuple):
                plus = b"+" if "LITERAL+" in self.able else b""
                line += b" {%d%s}\r\n" % (len(word[0]), plus)
                await self._wire.send(line, patience=self._patience)
                if not plus:
                    await self._until_continued(tag)
                line = word[0]
            else:
                line += b" " + (word.encode() if isinstance(word, str) else word)
        await self._wire.send(line + b"\r\n", patience=self._patience)

    async def _until_continued(self, tag: bytes) -> None:
        for _ in range(_MOST_LINES):
            piece = await self._piece(self._patience)
            if piece.text.startswith(b"+"):
                return
            if piece.text.startswith(tag + b" "):
                status = piece.text.split(None, 2)[1].upper()
                raise self._refusal(piece.text, status, signing_in=False)
            self._check_untagged(piece)

    async def _answer(self, tag: bytes, *, signing_in: bool = False) -> list[Piece]:
        """The untagged answers before the tagged one. Raises what that says."""
        found: list[Piece] = []
        octets = 0
        while len(found) < _MOST_LINES and octets < _MOST_BYTES:
            piece = await self._piece(self._patience)
            octets += len(piece.text) + sum(map(len, piece.literals))
            if piece.text.startswith(tag + b" "):
                status = piece.text.split(None, 2)[1].upper()
                if status == b"OK":
                    return [*found, piece]
                raise self._refusal(piece.text, status, signing_in=signing_in)
            if piece.text.startswith(b"+"):  # a challenge where none is left to answer
                await self._wire.send(b"\r\n", patience=self._patience)
                continue
            self._check_untagged(piece)
            found.append(piece)
        msg = f"{self._wire.host} says more than can be meant."
        raise OutboundError(msg, sent=True)

    def _check_untagged(self, piece: Piece) -> None:
        if piece.text.upper().startswith(b"* BYE"):
            raise self._refusal(piece.text, b"BYE", signing_in=False)
        if not piece.text.startswith(b"* "):
            msg = f"{self._wire.host} does not speak IMAP; check host and port."
            raise OutboundError(msg, sent=True)

    async def _piece(self, patience: float) -> Piece:
        text, literals, octets = b"", list[bytes](), 0
        while True:
            line = await self._wire.line(patience=patience)
            octets += len(line)
            found = _LITERAL.search(line)
            if found is None:
                return Piece((text + line).rstrip(b"\r\n"), tuple(literals))
            size = int(found[1])
            octets += size
            if octets > _MOST_BYTES:
                msg = f"{self._wire.host} sends more than was asked for."
                raise OutboundError(msg, sent=True)
            literals.append(await self._wire.exactly(size, patience=patience))
            text += line[: found.start()] + b"\x00"

    def _lost(self, error: OutboundError) -> ConnectorError:
        """A connection that failed, or speaks nonsense, is opened anew soon."""
        self.broken = True
        self._wire.close()
        if isinstance(error, Refused):
            return error
        return TryLater(str(error), self._caller.clock.now() + SOON)

    def _refusal(self, line: bytes, status: bytes, *, signing_in: bool) -> ConnectorError:
        said = line.decode("utf-8", "replace").split(None, 2)[-1]
        found = _CODE.search(said)
        code = found[1].upper() if found else ""
        shown = self._caller.shown(said)
        now = self._caller.clock.now()
        if status == b"BYE":
            self.broken = True
            self._wire.close()
        if code in _FAULTY or (status == b"BYE" and not _SLOWLY.search(said)):
            return self._caller.lost(Effect.SAFE, sent=True)
        if code in _SIGNED_OUT or (signing_in and code not in _BUSY and not _SLOWLY.search(said)):
            return self._caller.signed_out(shown)
        if code in _BUSY or _SLOWLY.search(said):
            msg = "The mail server asks us to slow down; it will be tried again."
            return TryLater(msg, now + timedelta(minutes=1))
        return Refusal(f"The mail server refused: {shown}", code)


def quoted(text: str) -> bytes | tuple[bytes]:
    """A string as IMAP takes it: between quotes, or as a literal where it is more than plain."""
    if text.isascii() and text.isprintable():
        return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
    return (text.encode("utf-8", "replace"),)


def folder_name(text: str) -> bytes:
    """A folder's name as IMAP writes it (RFC 3501, 5.1.3)."""
    written = "".join(
        part.replace("&", "&-") if part.isascii() else f"&{_utf7(part)}-"
        for part in re.split(r"([^\x20-\x7e]+)", text)
    )
    return (
        b'"' + written.replace("\\", "\\\\").replace('"', '\\"').encode("ascii", "replace") + b'"'
    )


def _utf7(text: str) -> str:
    packed = base64.b64encode(text.encode("utf-16-be", "replace")).decode()
    return packed.rstrip("=").replace("/", ",")


def numbers(pieces: Sequence[Piece], word: bytes = b"SEARCH") -> list[int]:
    """The numbers of a search, each once, in order."""
    found = {
        int(one)
        for piece in pieces
        if piece.word == word
        for one in piece.text.split()[2:]
        if one.isdigit() and len(one) < 11
    }
    return sorted(found)


def value_of(piece: Piece, name: bytes) -> bytes:
    """What a FETCH line holds by a name: a number, an atom or a quoted string; empty if nothing."""
    found = re.search(
        rb"(?<![A-Z])" + re.escape(name) + rb' (?:"((?:[^"\\]|\\.)*)"|(\([^()]*\))|([^ ()]+))',
        piece.text,
        re.IGNORECASE,
    )
    return next((one for one in found.groups() if one is not None), b"") if found else b""


def internal_date(text: bytes) -> datetime | None:
    """``02-Mar-2026 09:00:00 +0000`` in UTC; None for what is none."""
    # By hand: strptime reads the names of months by the process's locale.
    try:
        date, clock, zone = text.decode("ascii").split()
        day, month, year = date.split("-")
        number = _MONTHS.index(month.capitalize()) + 1
        found = datetime.fromisoformat(f"{int(year):04}-{number:02}-{int(day):02}T{clock}{zone}")
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def imap_date(at: datetime) -> str:
    """A day as a search names it."""
    return f"{at.day}-{_MONTHS[at.month - 1]}-{at.year}"


def imap_time(at: datetime) -> str:
    """A time as APPEND takes it."""
    at = at.astimezone(UTC)
    return f'"{at.day:02}-{_MONTHS[at.month - 1]}-{at.year} {at:%H:%M:%S} +0000"'
