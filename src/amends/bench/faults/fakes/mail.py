"""A mail server of a few lines: one account, IMAP to read it and SMTP to send from it.

What real servers do is tested against Dovecot and aiosmtpd; this one can be made to fail.
"""

import asyncio
import base64
import re
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mail_imap import ImapSession, Reader, Stored, Writer, end
from amends.bench.faults.fakes.mail_letters import MAUD, letter
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.mail import MailConnector
from amends.outbound import Outbound
from amends.terms import Author, Channel, Credentials, ReplyTarget

US = "care@brindlewing.example"
PASSWORD = "app-password-for-tests"
_ABLE = "IMAP4rev1 LITERAL+ UIDPLUS IDLE SASL-IR AUTH=XOAUTH2"


class FakeMail(Fake):
    """``keeps_copies``: what is sent is put into Sent by the server. ``able`` is what IMAP offers."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.folders: dict[str, list[Stored]] = {"INBOX": [], "Sent": []}
        self.validity = 7
        self.passwords = {PASSWORD}
        self.sent: list[bytes] = []
        self.keeps_copies = True
        self.able = _ABLE
        self.smtp_port = 0
        self._uids = 0
        self._number = 0
        self._news = asyncio.Condition()

    async def more(self) -> list[asyncio.Server]:
        """The submission server beside the mailbox."""
        server = await asyncio.start_server(self.serve_smtp, "127.0.0.1", 0)
        self.smtp_port = server.sockets[0].getsockname()[1]
        return [server]

    def put(self, raw: bytes, folder: str = "INBOX", *, at: datetime | None = None) -> None:
        self._uids += 1
        self.folders[folder].append(Stored(self._uids, at or self.clock.now(), raw))

    def add(self, text: str, **more: str) -> str:
        """A mail to us; its Message-ID."""
        self._number += 1
        message_id = more.pop("message_id", f"m{self._number}@far.example")
        self.put(letter(text, at=self.clock.now(), message_id=message_id, **more))
        return message_id

    def replies(self, post_id: str) -> list[str]:
        """The texts that were handed over in answer to a mail."""
        wanted = f"<{post_id}>"
        near = [raw for raw in self.sent if wanted.encode() in raw]
        told = [message_from_bytes(raw, policy=policy.default) for raw in near]
        return [one.get_content().strip() for one in told if one["In-Reply-To"] == wanted]

    async def tell(self) -> None:
        """Wake whoever idles."""
        async with self._news:
            self._news.notify_all()

    # IMAP

    async def serve(self, reader: Reader, writer: Writer) -> None:
        await self._serving(ImapSession(self, reader, writer).run(), writer)

    async def serve_smtp(self, reader: Reader, writer: Writer) -> None:
        await self._serving(self._smtp(reader, writer), writer)

    async def _serving(self, speaking: object, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await speaking  # type: ignore[misc]
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
            self.serving.discard(task)

    # SMTP

    async def _smtp(self, reader: Reader, writer: Writer) -> None:
        writer.write(b"220 fake ESMTP\r\n")
        allowed, to = False, ""
        while line := await reader.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    said = b"250-fake\r\n250-8BITMIME\r\n250 AUTH PLAIN XOAUTH2\r\n"
                case "AUTH":
                    allowed = self._knows(rest.split()[1])
                    said = b"235 ok\r\n" if allowed else b"535 5.7.8 Wrong password\r\n"
                case "MAIL":
                    said = b"250 ok\r\n" if allowed else b"530 5.7.0 Sign in first\r\n"
                case "RCPT":
                    to = rest
                    said = b"550 5.1.1 No such user\r\n" if "nobody" in rest else b"250 ok\r\n"
                case "DATA":
                    writer.write(b"354 go on\r\n")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    if not await self._taken(content, to, writer):
                        return
                    continue
                case "QUIT":
                    said = b"221 bye\r\n"
                case _:
                    said = b"250 ok\r\n"
            writer.write(said)
            await writer.drain()
            if verb.upper() == "QUIT":
                return

    def _knows(self, packed: str) -> bool:
        words = base64.b64decode(packed).replace(b"\x01", b"\0")
        return any(one.encode() in words for one in self.passwords)

    async def _taken(self, content: bytes, to: str, writer: Writer) -> bool:
        asked = Asked("DATA", "smtp", {"to": [to]}, {}, content)
        self.seen.append(asked)
        fault = self._fault(asked)
        if fault is not None and fault.before is not None:
            writer.write(_refused_smtp(fault.before))
            await writer.drain()
            return fault.before.status == 429
        if fault is None or fault.accepted or fault.spoil or fault.cut:
            self._accept(content)
        return await end(writer, b"250 2.0.0 Ok: queued\r\n", fault)

    def _accept(self, content: bytes) -> None:
        raw = re.sub(rb"(?m)^\.\.", b".", content.removesuffix(b".\r\n"))
        self.sent.append(raw)
        if self.keeps_copies:
            self.put(raw, "Sent")


def _refused_smtp(said: Said) -> bytes:
    if isinstance(said.body, bytes) and said.body:
        return said.body
    codes = {429: b"451 4.7.1 Slow down\r\n", 401: b"535 5.7.8 The account is gone\r\n"}
    return codes.get(said.status, b"421 4.3.0 A fault\r\n")


def connector(
    fake: FakeMail, outbound: Outbound | None = None, *, password: str = PASSWORD, **settings: str
) -> MailConnector:
    """The brand's connector before the fake."""
    host, _, port = fake.url.partition("://")[2].partition(":")
    given = {
        "imap_host": host, "imap_port": port, "imap_security": "none", "smtp_host": host,
        "smtp_port": str(fake.smtp_port), "smtp_security": "none", "copies": "server",
    } | settings  # fmt: skip
    channel = Channel(network="mail", handle=US, settings=given)
    secrets = Credentials(values={"password": password, "reply_key": "key-for-tests"})
    return MailConnector(channel, secrets, outbound or fake.outbound, fake.clock)


class MailWorld:
    """The world of the contract test."""

    greeting = ""

    def __init__(self, fake: FakeMail) -> None:
        self.fake = fake

    async def connector(self) -> MailConnector:
        return connector(self.fake)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        del mention
        self.fake.clock.move(1)
        return self.fake.add(text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return self.fake.replies(post_id)

    async def aclose(self) -> None:
        """The fake closes by itself."""


class MailFaults:
    """The world of the fault table: a server that keeps what it sends, so that it can be asked."""

    source = "inbox"
    greeting = ""
    renews = False
    private = True

    def __init__(self, clock: HandClock) -> None:
        self.fake: FakeMail = FakeMail(clock)

    def connector(self, outbound: Outbound | None = None) -> MailConnector:
        return connector(self.fake, outbound)

    def post(self, text: str) -> str:
        return self.fake.add(text)

    def replies(self, post_id: str) -> list[str]:
        return self.fake.replies(post_id)

    def target(self, post_id: str) -> ReplyTarget:
        return target(post_id)

    def reads(self, asked: Asked) -> bool:
        return asked.method == "UID FETCH" and b"BODY" in asked.body

    def writes(self, asked: Asked) -> bool:
        return asked.method == "DATA"

    def reset(self, at: datetime) -> dict[str, str]:
        """Mail servers name no time."""
        del at
        return {}

    def muddled(self, body: bytes) -> bytes:
        *items, end = re.split(rb"(?m)(?=^\* \d+ FETCH |^a\d+ OK)", body)
        return b"".join([*items[::-1], *items, end])

    def expire(self) -> None:
        self.fake.passwords.clear()

    def connect_again(self) -> None:
        self.fake.passwords.add(PASSWORD)


def target(post_id: str, address: str = MAUD) -> ReplyTarget:
    """Whom the answer to a mail that began a thread is for."""
    from amends.connectors.mail.signing import thread_of

    return ReplyTarget(author=Author(id=f"{address}#{thread_of(post_id)}", handle=address))


DAY = timedelta(days=1)
