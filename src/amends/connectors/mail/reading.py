"""What is new in a folder, in the order it came."""

from datetime import UTC, datetime, timedelta

import msgspec

from amends.connectors.calling import Caller
from amends.connectors.mail.imap import Imap, imap_date
from amends.connectors.mail.mailbox import Item, Mailbox, Status
from amends.connectors.mail.settings import Settings
from amends.connectors.mail.translate import Reader
from amends.connectors.polling import mark, micros
from amends.terms import BadInput, ConnectorError, DeadLetter, Page, Post

INBOX, SENT = "inbox", "sent"
_REMEMBERED = 500  # mails whose names a cursor holds
_AGAIN = timedelta(days=2)  # read anew where the server numbered its mails anew


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cursor: all up to ``uid`` was read. Mails numbered below ``known`` were there when it began,
    and of those only the ones since ``since`` (microseconds since 1970) are taken."""

    validity: int
    uid: int
    known: int = 0
    since: int = 0
    newest: int = 0
    seen: tuple[str, ...] = ()

    @classmethod
    def read(cls, cursor: str) -> "Place":
        """Raises ``ConnectorError`` for what is no cursor of ours."""
        try:
            return msgspec.json.decode(cursor, type=cls)
        except (msgspec.DecodeError, UnicodeError) as error:
            msg = "The stored place in this mailbox cannot be read; start the source anew."
            raise ConnectorError(msg) from error

    def write(self) -> str:
        return msgspec.json.encode(self).decode()


class Folder:
    """One folder, read from where a cursor stands."""

    def __init__(
        self, settings: Settings, mailbox: Mailbox, reader: Reader, caller: Caller, source: str
    ) -> None:
        self._settings = settings
        self._mailbox = mailbox
        self._caller = caller
        self._source = source
        self._read_one = reader.read if source == INBOX else reader.read_by_hand

    async def page(self, imap: Imap, cursor: str | None, *, limit: int, pause: timedelta) -> Page:
        """The mails after ``cursor``, at most ``limit``; asked again after ``pause`` where all were."""
        inbox = self._source == INBOX
        folder = self._settings.folder if inbox else await self._mailbox.sent(imap)
        status = await self._mailbox.examine(imap, folder)
        place = self._standing(Place.read(cursor) if cursor else None, status)
        waiting = await self._waiting(imap, place)
        taken = waiting[:limit]
        posts, dead, place = await self._read(imap, taken, place)
        more = len(waiting) > len(taken)
        if not more and not taken:
            place = msgspec.structs.replace(place, uid=max(place.uid, place.known - 1))
        return Page(
            posts=posts,
            dead=dead,
            cursor=place.write(),
            next_poll=None if more else self._caller.clock.now() + pause,
            to_us=inbox,
        )

    def _standing(self, place: Place | None, status: Status) -> Place:
        """Where to go on: at the beginning, or again where all mails have new numbers."""
        begin = self._caller.clock.now() - timedelta(hours=self._settings.begin_hours)
        if place is None:
            return Place(
                validity=status.validity, uid=0, known=status.following, since=micros(begin)
            )
        if place.validity == status.validity:
            return place
        since = max(place.newest - _AGAIN // timedelta(microseconds=1), 0) or micros(begin)
        return msgspec.structs.replace(
            place, validity=status.validity, uid=0, known=status.following, since=since
        )

    async def _waiting(self, imap: Imap, place: Place) -> list[int]:
        """The numbers of what is to be read, in order."""
        beyond = f"UID {place.uid + 1}:*"  # a range to the last holds the last, however low
        search = self._mailbox.search
        if place.uid + 1 >= place.known:
            return [uid for uid in await search(imap, beyond) if uid > place.uid]
        since = _time(place.since)
        # A search knows days, of the server's own zone.
        old = await search(imap, beyond, f"SINCE {imap_date(since - timedelta(days=1))}")
        old = [uid for uid in old if place.uid < uid < place.known]
        times = await self._mailbox.measured(imap, old)
        new = await search(imap, f"UID {place.known}:*")
        return [uid for uid, item in times.items() if item.at >= since] + [
            uid for uid in new if uid >= place.known
        ]

    async def _read(
        self, imap: Imap, uids: list[int], place: Place
    ) -> tuple[list[Post], list[DeadLetter], Place]:
        most = self._settings.largest_kb * 1000
        measured = await self._mailbox.measured(imap, uids)
        mails = await self._mailbox.whole(imap, list(measured.values()), most)
        posts, dead = list[Post](), list[DeadLetter]()
        seen, newest = dict.fromkeys(place.seen), place.newest
        for uid in uids:
            item = mails.get(uid)
            if item is None:
                continue  # removed meanwhile
            post, letter = self._translated(item)
            name = mark(post.id if post else item.raw[:4_000].decode("latin-1"))
            newest = max(newest, micros(item.at))
            if name in seen:
                continue
            seen[name] = None
            if post is not None:
                posts.append(post)
            if letter is not None:
                dead.append(letter)
        kept = tuple(seen)[-_REMEMBERED:]
        last = uids[-1] if uids else place.uid
        return posts, dead, msgspec.structs.replace(place, uid=last, seen=kept, newest=newest)

    def _translated(self, item: Item) -> tuple[Post | None, DeadLetter | None]:
        try:
            return self._read_one(item.raw, at=item.at, whole=len(item.raw) >= item.size), None
        except BadInput as error:
            raw = item.raw[:2_000].decode("utf-8", "replace")
            return None, DeadLetter(source=self._source, reason=str(error), raw=raw, at=item.at)


def _time(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
