"""The mailbox: one connection that is kept, folders, searches and what they hold."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from amends.connectors.calling import Caller
from amends.connectors.mail.imap import (
    Imap,
    Piece,
    Refusal,
    folder_name,
    imap_time,
    internal_date,
    numbers,
    value_of,
)
from amends.connectors.mail.oauth import Account
from amends.connectors.mail.settings import Settings
from amends.terms import AuthError, ConnectorError, TryLater

_LIST = re.compile(rb'^\* X?LIST \(([^)]*)\) (?:"(?:\\.|[^"])*"|NIL) (.+)$', re.IGNORECASE)
_SENT_NAMES = (b"sent", b"sent items", b"sent messages", b"sent mail", b"gesendet",
               b"gesendete elemente", b"inbox.sent", b"inbox/sent")  # fmt: skip
_TOGETHER = 8_000_000  # bytes of mails asked for at once
_HEADS = b"(UID FLAGS INTERNALDATE BODY.PEEK[HEADER]<0.60000>)"


class Status(msgspec.Struct, frozen=True):
    """What selecting a folder told: its ``validity``, without which a UID means nothing."""

    validity: int
    following: int  # the UID that the next mail will get


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A mail of a folder. ``size`` is of the whole, ``raw`` as much of it as was asked for."""

    uid: int
    at: datetime
    size: int = 0
    flags: frozenset[str] = frozenset()
    raw: bytes = b""


class Mailbox:
    """One account's folders. Raises ``ConnectorError`` and its kin only."""

    def __init__(self, settings: Settings, account: Account, caller: Caller) -> None:
        self._settings = settings
        self._account = account
        self._caller = caller
        self._held: Imap | None = None
        self._turn = asyncio.Lock()
        self._sent = b""

    async def opened(self) -> Imap:
        """A connection of its own; a token that is refused is renewed once."""
        try:
            return await Imap.opened(self._settings.imap, self._caller, self._account.sign_in)
        except AuthError:
            if not (self._account.by_token and self._account.can_renew):
                raise
        await self._account.token(anew=True)
        return await Imap.opened(self._settings.imap, self._caller, self._account.sign_in)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Imap]:
        """The kept connection, for one at a time; one that died while nobody spoke is opened anew."""
        async with self._turn:
            if self._held is not None and not await self._alive(self._held):
                await self._drop()
            if self._held is None:
                self._held = await self.opened()
            try:
                yield self._held
            except BaseException:
                if self._held is not None and self._held.closed:
                    await self._drop()
                raise

    async def _alive(self, held: Imap) -> bool:
        if held.closed:
            return False
        try:
            await held.run("NOOP")
        except (TryLater, AuthError):
            return False
        return True

    async def _drop(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            await held.aclose()

    async def aclose(self) -> None:
        await self._drop()

    async def examine(self, imap: Imap, folder: bytes | str, *, write: bool = False) -> Status:
        """Select a folder, to read it alone unless ``write``."""
        name = folder_name(folder) if isinstance(folder, str) else folder
        validity = following = 0
        for piece in await imap.run("SELECT" if write else "EXAMINE", name):
            validity = _coded(piece, rb"UIDVALIDITY") or validity
            following = _coded(piece, rb"UIDNEXT") or following
        if not validity:
            msg = f"The folder {self._settings.folder} cannot be read in order; choose another server."
            raise ConnectorError(msg)
        if not following:  # an old server: one more than the last
            following = max(await self.search(imap, "UID *"), default=0) + 1
        return Status(validity, following)

    async def search(self, imap: Imap, *words: bytes | str | tuple[bytes]) -> list[int]:
        """The UIDs that a search finds, in order."""
        charset: tuple[str, ...] = (
            ("CHARSET", "UTF-8") if any(isinstance(w, tuple) for w in words) else ()
        )
        return numbers(await imap.run("UID", "SEARCH", *charset, *words))

    async def measured(self, imap: Imap, uids: Sequence[int]) -> dict[int, Item]:
        """Size, time and flags of mails, as far as they are still there."""
        if not uids:
            return {}
        pieces = await imap.run("UID", "FETCH", _set(uids), b"(UID RFC822.SIZE INTERNALDATE FLAGS)")
        return self._items(pieces, uids)

    async def whole(self, imap: Imap, items: Sequence[Item], most: int) -> dict[int, Item]:
        """The mails with their bytes, of each at most so many."""
        found: dict[int, Item] = {}
        asked, octets = list[int](), 0
        for item in items:
            asked.append(item.uid)
            octets += min(item.size, most)
            if octets >= _TOGETHER or item is items[-1]:
                what = b"(UID BODY.PEEK[]<0.%d>)" % most
                pieces = await imap.run("UID", "FETCH", _set(asked), what)
                bodies = {
                    _number(piece, b"UID"): piece.literals[0]
                    for piece in pieces
                    if piece.word == b"FETCH" and piece.literals
                }
                found |= {
                    one.uid: msgspec.structs.replace(one, raw=bodies[one.uid])
                    for one in items
                    if one.uid in bodies and one.uid in asked
                }
                asked, octets = [], 0
        return found

    async def heads(self, imap: Imap, uids: Sequence[int]) -> list[Item]:
        """The headers of mails, oldest first."""
        if not uids:
            return []
        return [*self._items(await imap.run("UID", "FETCH", _set(uids), _HEADS), uids).values()]

    async def sent(self, imap: Imap) -> bytes:
        """The folder of what was sent, as commands take it; one is made where there is none."""
        if self._sent:
            return self._sent
        if self._settings.sent_folder:
            self._sent = folder_name(self._settings.sent_folder)
            return self._sent
        folders = [
            found.groups()
            for piece in await imap.run("LIST", '""', '"*"')
            if (found := _LIST.match(_plain(piece)))
        ]
        special = [name for flags, name in folders if b"\\sent" in flags.lower().split()]
        named = [name for _, name in folders if _bare(name) in _SENT_NAMES]
        if not special and not named:
            await imap.run("CREATE", '"Sent"')
        self._sent = (special or named or [b'"Sent"'])[0]
        return self._sent

    async def append(
        self, imap: Imap, folder: bytes, raw: bytes, *, flags: str, at: datetime
    ) -> None:
        await imap.run("APPEND", folder, f"({flags})", imap_time(at), (raw,))

    async def mark(self, imap: Imap, uids: Sequence[int], change: str) -> None:
        """Change flags, as in ``+FLAGS (\\Seen)``."""
        if uids:
            await imap.run("UID", "STORE", _set(uids), change)

    async def remove(self, imap: Imap, uids: Sequence[int]) -> None:
        """Take mails out of the selected folder; where the server cannot tell which, they stay
        marked as deleted."""
        await self.mark(imap, uids, "+FLAGS.SILENT (\\Deleted)")
        if uids and "UIDPLUS" in imap.able:
            try:
                await imap.run("UID", "EXPUNGE", _set(uids))
            except Refusal:
                return

    def _items(self, pieces: Sequence[Piece], uids: Sequence[int]) -> dict[int, Item]:
        now = self._caller.latest
        wanted, found = set(uids), dict[int, Item]()
        for piece in pieces:
            uid = _number(piece, b"UID")
            if piece.word == b"FETCH" and uid in wanted:
                at = internal_date(value_of(piece, b"INTERNALDATE")) or now
                found[uid] = Item(
                    uid=uid,
                    at=min(at, now),
                    size=_number(piece, b"RFC822.SIZE"),
                    flags=frozenset(
                        value_of(piece, b"FLAGS")
                        .decode("ascii", "replace")
                        .lower()
                        .strip("()")
                        .split()
                    ),
                    raw=piece.literals[0] if piece.literals else b"",
                )
        return dict(sorted(found.items()))


def _set(uids: Sequence[int]) -> str:
    """Numbers as a command names them, runs as first and last: lines have limits."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and uid == runs[-1][-1] + 1:
            runs[-1][1:] = [uid]
        else:
            runs.append([uid])
    return ",".join(":".join(map(str, run)) for run in runs)


def _number(piece: Piece, name: bytes) -> int:
    found = value_of(piece, name)
    return int(found) if found.isdigit() and len(found) < 12 else 0


def _coded(piece: Piece, name: bytes) -> int:
    found = re.search(rb"\[" + name + rb" (\d{1,10})\]", piece.text, re.IGNORECASE)
    return int(found[1]) if found else 0


def _plain(piece: Piece) -> bytes:
    """A line whose only literal, a folder's name, stands in it as a string."""
    if not piece.literals:
        return piece.text
    name = piece.literals[0].replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return piece.text.replace(b"\x00", b'"' + name + b'"')


def _bare(name: bytes) -> bytes:
    return name.strip(b'"').lower().removeprefix(b"[gmail]/")
