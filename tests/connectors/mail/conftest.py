"""One Dovecot for all tests of mail, each with a user of its own."""

import imaplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mail_letters import letter
from amends.connectors.mail import MailConnector
from amends.connectors.mail.imap import imap_time
from amends.outbound import Outbound
from amends.terms import Channel, Credentials
from tests.support.dovecot import PASSWORD, Sink, dovecot, sink

_users = count(1)


@dataclass
class Box:
    """A user's mailbox on Dovecot, and the sink that its mail goes to."""

    port: int
    sink: Sink
    user: str
    clock: HandClock

    def connector(self, outbound: Outbound, **settings: str) -> MailConnector:
        given = {
            "imap_host": "localhost", "imap_port": str(self.port), "imap_security": "none",
            "smtp_host": "localhost", "smtp_port": str(self.sink.port), "smtp_security": "none",
        } | settings  # fmt: skip
        channel = Channel(network="mail", handle=self.user, settings=given)
        secrets = Credentials(values={"password": PASSWORD, "reply_key": "key-for-tests"})
        return MailConnector(channel, secrets, outbound, self.clock)

    def imap(self) -> imaplib.IMAP4:
        made = imaplib.IMAP4("127.0.0.1", self.port)
        made.login(self.user, PASSWORD)
        return made

    def put(self, raw: bytes, folder: str = "INBOX", *, at: datetime | None = None) -> None:
        with self.imap() as imap:
            said, _ = imap.append(folder, "", imap_time(at or self.clock.now()), raw)
            assert said == "OK"

    def flags_in_sent(self) -> list[list[str]]:
        """The flags of each mail in Sent, but for ``\\Recent``."""
        with self.imap() as imap:
            imap.select("Sent", readonly=True)
            _, found = imap.fetch("1:*", "(FLAGS)")
            lines = [one for one in found if isinstance(one, bytes)]
            return [
                sorted(
                    str(flag.decode()) for flag in imaplib.ParseFlags(line) if flag != b"\\Recent"
                )
                for line in lines
            ]


class DovecotWorld:
    """The world of the contract test, on real servers."""

    greeting = ""

    def __init__(self, box: Box, outbound: Outbound) -> None:
        self.box, self.outbound, self.number = box, outbound, count(1)

    async def connector(self) -> MailConnector:
        return self.box.connector(self.outbound)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        del mention
        message_id = f"m{next(self.number)}@far.example"
        at = self.box.clock.move(1)
        self.box.put(letter(text, at=at, message_id=message_id, to=self.box.user))
        return message_id

    async def posts_in_thread(self, post_id: str) -> list[str]:
        del post_id
        return [raw.decode() for _, raw in self.box.sink.taken]

    async def aclose(self) -> None:
        """The servers end with the test."""


@pytest.fixture(scope="session")
def _imap_port() -> Iterator[int]:
    with dovecot() as port:
        yield port


@pytest.fixture
def box(_imap_port: int) -> Iterator[Box]:
    with sink() as made:
        yield Box(_imap_port, made, f"care{next(_users)}@brindlewing.example", HandClock())
