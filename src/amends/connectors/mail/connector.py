"""The connector itself: what ``amends.connectors.protocol`` promises, kept by a mailbox."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar

from amends.connectors.calling import Caller
from amends.connectors.mail.compose import Picture
from amends.connectors.mail.imap import Imap
from amends.connectors.mail.mailbox import Mailbox
from amends.connectors.mail.oauth import Account
from amends.connectors.mail.reading import INBOX, SENT, Folder
from amends.connectors.mail.replying import Replies
from amends.connectors.mail.sending import Submission
from amends.connectors.mail.settings import read_settings
from amends.connectors.mail.signing import Signer
from amends.connectors.mail.translate import NETWORK, Reader, addressee
from amends.outbound import Outbound
from amends.terms import (
    Author,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    Page,
    Post,
    Published,
    ReplyTarget,
    Traits,
)

Sleep = Callable[[float], Awaitable[None]]

_LIMIT = 20_000
_PICTURES = 10
_KEPT = 40  # pictures that were given and not sent yet
_BEAT_S = 60.0  # a stream says where it stands so often, and looks whether it missed anything


class MailConnector:
    """A mailbox. Everything in it is private; nothing is published.

    Sources: ``inbox``, ``sent``. Credentials: ``password``, or ``access_token`` or ``refresh_token`` with
    ``client_id`` and ``client_secret``; ``reply_key`` signs reply addresses. Raises ``BadInput`` for
    settings that make no sense. Nothing is opened until it is used.
    """

    network: ClassVar[str] = NETWORK
    read_settings = staticmethod(read_settings)
    traits: ClassVar[Traits] = Traits(
        can_stream=True,
        can_message=True,
        looks_up_messages=True,
        message_pictures=_PICTURES,
        limit=_LIMIT,
        message_limit=_LIMIT,
        unit="characters",
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._settings = read_settings(channel)
        caller = Caller("The mail server", outbound, clock)
        self._clock = clock
        self._account = Account(self._settings, credentials, caller)
        signer = Signer(_key(credentials), self._settings.address)
        self._mailbox = Mailbox(self._settings, self._account, caller)
        reader = Reader(self._settings, signer)
        self._folders = {
            source: Folder(self._settings, self._mailbox, reader, caller, source)
            for source in (INBOX, SENT)
        }
        self._submission = Submission(self._settings, self._account, caller)
        self._replies = Replies(
            self._settings, self._mailbox, self._submission, signer, reader, caller
        )
        self._pictures: dict[str, Picture] = {}
        self.sleep: Sleep = asyncio.sleep

    def __repr__(self) -> str:
        return f"MailConnector({self._settings.address})"

    @property
    def renewed(self) -> Callable[[Mapping[str, str]], Awaitable[None]] | None:
        """Keeps the secrets that came when a token was renewed."""
        return self._account.renewed

    @renewed.setter
    def renewed(self, keep: Callable[[Mapping[str, str]], Awaitable[None]] | None) -> None:
        self._account.renewed = keep

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        """The inbox, unless the stream brings it, and what is sent from mail programs."""
        del phrases  # all that is written to us is for us
        return [SENT] if self._settings.stream else [INBOX, SENT]

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        if source not in self._folders:
            msg = f"A mailbox has no source {source!r}."
            raise ConnectorError(msg)
        pause = timedelta(seconds=self._settings.poll_seconds)
        async with self._mailbox.turn() as imap:
            return await self._folders[source].page(imap, cursor, limit=limit, pause=pause)

    async def stream(self, cursor: str | None) -> AsyncGenerator[Page, None]:
        """The inbox as it fills: told by the server (IDLE), or looked at where it cannot tell."""
        imap = await self._mailbox.opened()
        try:
            while True:
                page = await self._folders[INBOX].page(imap, cursor, limit=100, pause=timedelta(0))
                cursor = page.cursor
                yield page
                if page.next_poll is not None:
                    await self._news(imap)
        finally:
            await imap.aclose()

    async def _news(self, imap: Imap) -> None:
        if "IDLE" in imap.able:
            await imap.idle(_BEAT_S)
        else:
            await self.sleep(min(self._settings.poll_seconds, _BEAT_S))

    async def thread(self, post_id: str) -> Sequence[Post]:
        """The mails of a thread, ours among them, oldest first."""
        return await self._replies.thread(post_id)

    async def author(self, author_id: str) -> Author:
        if author_id.lower() == self._settings.address.lower():
            return self._us()
        found = addressee(author_id)
        if found is None:
            msg = f"{author_id[:80]!r} wrote no mail to us that can be answered."
            raise ConnectorError(msg)
        return Author(id=author_id, handle=found[0])

    async def publish(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        del text, target, attempt, media
        raise ConnectorError("Nothing is published by mail; send a private message instead.")

    async def message(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """An answer in the thread of the author, which their id names. ``media`` are ids that
        ``upload`` gave."""
        try:
            pictures = [self._pictures[one] for one in media]
        except KeyError as error:
            msg = "A picture was not given to the mail; attach it again."
            raise ConnectorError(msg) from error
        return await self._replies.send(text, to=target.author, attempt=attempt, pictures=pictures)

    async def upload(self, content: bytes, *, kind: str, alt: str) -> str:
        """Keep a picture for the mail that it goes with; mail servers take none beforehand."""
        if kind not in ("image/jpeg", "image/png"):
            msg = f"{kind[:40]} is no kind of picture that is attached; take JPEG or PNG."
            raise ConnectorError(msg)
        name = hashlib.sha256(content + alt.encode()).hexdigest()
        self._pictures[name] = Picture(content=content, kind=kind, alt=alt)
        while len(self._pictures) > _KEPT:
            self._pictures.pop(next(iter(self._pictures)))
        return name

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        """By its Message-ID, among what was sent. Raises ``TryLater`` where nothing tells whether the
        server took it."""
        del text
        return await self._replies.look_up(attempt, to=target.author) if private else None

    async def delete(self, post_id: str) -> None:
        del post_id
        raise ConnectorError("A mail that was sent cannot be taken back; write another one.")

    async def check(self) -> Author:
        """Sign in to both servers, and look at the folder."""
        async with self._mailbox.turn() as imap:
            await self._mailbox.examine(imap, self._settings.folder)
            await self._mailbox.sent(imap)
        await self._submission.check()
        return self._us()

    async def aclose(self) -> None:
        with suppress(ConnectorError):
            await self._mailbox.aclose()

    def _us(self) -> Author:
        address = self._settings.address
        return Author(id=address.lower(), handle=address, name=self._settings.name or None)


def _key(credentials: Credentials) -> str:
    """What reply addresses are signed with; made of the other secrets where it is not set."""
    values = credentials.values
    if values.get("reply_key"):
        return values["reply_key"]
    told = "\n".join(values.get(name, "") for name in ("password", "client_id", "client_secret"))
    return hashlib.sha256(f"amends reply key\n{told}".encode()).hexdigest()
