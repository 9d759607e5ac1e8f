"""Private messages, through the chat service that the PDS forwards to."""

from datetime import datetime, timedelta
from typing import Any

from amends.connectors.bluesky.api import Api, Json
from amends.connectors.bluesky.compose import find_facets
from amends.connectors.bluesky.errors import lost
from amends.connectors.bluesky.profiles import Profiles
from amends.connectors.bluesky.settings import Settings
from amends.connectors.bluesky.translate import (
    message_id,
    read_message,
    read_message_id,
    read_time,
)
from amends.connectors.calling import Effect
from amends.connectors.polling import shown
from amends.terms import Author, BadInput, Clock, ConnectorError, DeadLetter, Page, Published

_CONVO = "chat.bsky.convo."
_LOOK_BACK = timedelta(hours=24)  # how old a message may be that a lost attempt is found in
_PAGES = 50  # of 100 messages or conversations, at most


class Chat:
    """Our account's private conversations. Raises ``ConnectorError`` and its kin only."""

    def __init__(self, api: Api, profiles: Profiles, settings: Settings, clock: Clock) -> None:
        self._api = api
        self._profiles = profiles
        self._clock = clock
        self._proxy = f"{settings.chat_did}#bsky_chat"
        self._begin = timedelta(hours=settings.begin_hours)
        self._poll = timedelta(seconds=settings.poll_seconds)

    async def fetch(self, cursor: str | None, *, limit: int) -> Page:
        """A page of the log of messages. The cursor is the revision of the last entry taken.

        The log has no beginning that can be asked for: a new channel begins with the messages of
        its conversations, whose revisions are the log's.
        """
        now = self._clock.now()
        entries = await (self._log(cursor) if cursor else self._backlog(now - self._begin))
        given = _up_to(entries, limit)
        last = given[-1]["rev"] if given else cursor or ""
        more = bool(given) and (bool(cursor) or len(given) < len(entries))
        taken = _Taken(await self._profiles.authors(_senders(given)), now)
        for entry in given:
            taken.take(entry)
        return Page(
            posts=taken.posts,
            deleted=taken.deleted,
            dead=taken.dead,
            cursor=last,
            next_poll=None if more else now + self._poll,
            to_us=True,
        )

    async def send(self, text: str, *, to: Author) -> Published:
        """Send a message. Raises ``DeliveryUnknown`` where the answer is lost."""
        convo = await self._convo(to)
        message: Json = {"text": text}
        facets = await find_facets(text, self._profiles.resolve)
        if facets:
            message["facets"] = facets
        view = await self._api.procedure(
            f"{_CONVO}sendMessage",
            {"convoId": convo, "message": message},
            effect=Effect.ONCE,
            proxy=self._proxy,
        )
        if not isinstance(view.get("id"), str):
            raise lost(Effect.ONCE, self._clock.now(), sent=True)
        return _sent(convo, view, self._clock.now())

    async def find(self, text: str, *, to: Author) -> Published | None:
        """The newest message of ours to somebody with this text, of the last 24 hours."""
        since = self._clock.now() - _LOOK_BACK
        convo = await self._convo(to)
        for view in await self._messages(convo, since):
            sender = view.get("sender")
            ours = isinstance(sender, dict) and sender.get("did") == self._api.did
            if ours and view.get("text") == text:
                return _sent(convo, view, self._clock.now())
        return None

    async def delete(self, post_id: str) -> None:
        """Remove a message from our own view; the service removes it from nobody else's."""
        try:
            convo, key = read_message_id(post_id)
        except BadInput as error:
            raise ConnectorError(str(error)) from error
        data = {"convoId": convo, "messageId": key}
        method = f"{_CONVO}deleteMessageForSelf"
        await self._api.procedure(method, data, effect=Effect.SAFE, proxy=self._proxy)

    async def _convo(self, to: Author) -> str:
        members = [await self._profiles.did(to)]
        answer = await self._ask("getConvoForMembers", {"members": members})
        convo = answer.get("convo")
        if not isinstance(convo, dict) or not isinstance(convo.get("id"), str):
            msg = "Bluesky's chat service gave no conversation; try again later."
            raise ConnectorError(msg)
        return str(convo["id"])

    async def _log(self, cursor: str) -> list[Json]:
        answer = await self._ask("getLog", {"cursor": cursor})
        # Some servers begin with the entry that the cursor names.
        return [entry for entry in _entries(answer.get("logs")) if entry["rev"] > cursor]

    async def _backlog(self, since: datetime) -> list[Json]:
        """The messages of all conversations since a time, in the form of the log, oldest first."""
        found: list[Json] = []
        for convo in await self._listed("listConvos", "convos", {}):
            last = convo.get("lastMessage")
            sent = read_time(last.get("sentAt")) if isinstance(last, dict) else None
            if sent is None or sent < since or not isinstance(convo.get("id"), str):
                continue
            for view in await self._messages(convo["id"], since):
                entry = {"$type": "#logCreateMessage", "convoId": convo["id"], "message": view}
                found.append(entry | {"rev": view.get("rev")})
        return sorted(_entries(found), key=lambda entry: str(entry["rev"]))

    async def _messages(self, convo: str, since: datetime) -> list[Json]:
        """The messages of a conversation since a time, newest first."""
        params = {"convoId": convo}
        views = await self._listed("getMessages", "messages", params, since=since)
        return [view for view in views if (read_time(view.get("sentAt")) or since) >= since]

    async def _listed(
        self, method: str, name: str, params: Json, *, since: datetime | None = None
    ) -> list[Json]:
        found: list[Json] = []
        cursor: str | None = None
        for _ in range(_PAGES):
            answer = await self._ask(method, {**params, "limit": 100, "cursor": cursor})
            items = answer.get(name)
            page = (
                [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
            )
            found += page
            times = [read_time(one.get("sentAt")) for one in page] if since else []
            cursor = answer.get("cursor")
            if not cursor or not page or any(time < since for time in times if time and since):
                break
        return found

    async def _ask(self, method: str, params: Json) -> Json:
        return await self._api.query(f"{_CONVO}{method}", params, proxy=self._proxy)


class _Taken:
    """Entries of the log, sorted into a page's parts."""

    def __init__(self, authors: dict[str, Author], now: datetime) -> None:
        self._authors = authors
        self._now = now
        self.posts: list[Any] = []
        self.deleted: list[str] = []
        self.dead: list[DeadLetter] = []

    def take(self, entry: Json) -> None:
        kind, message = _kind(entry), entry.get("message")
        convo = str(entry.get("convoId"))
        if kind == "logDeleteMessage" and isinstance(message, dict):
            self.deleted.append(message_id(convo, str(message.get("id"))))
        if kind != "logCreateMessage" or _is_system(message):
            return
        try:
            self.posts.append(read_message(message, convo=convo, authors=self._authors))
        except BadInput as error:
            raw = shown(entry, 2000)
            letter = DeadLetter(source="messages", reason=str(error), raw=raw, at=self._now)
            self.dead.append(letter)


def _kind(entry: Json) -> str:
    return str(entry.get("$type")).rpartition("#")[2]


def _is_system(message: object) -> bool:
    """Whether a message is the service's own (somebody joined), or was removed since."""
    kind = str(message.get("$type")) if isinstance(message, dict) else ""
    return kind.endswith(("#systemMessageView", "#deletedMessageView"))


def _entries(values: object) -> list[Json]:
    found = values if isinstance(values, list) else []
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("rev"), str)]


def _up_to(entries: list[Json], limit: int) -> list[Json]:
    """The first entries, with at most ``limit`` messages among them."""
    count = 0
    for index, entry in enumerate(entries):
        count += _kind(entry) == "logCreateMessage"
        if count > limit:
            return entries[:index]
    return entries


def _senders(entries: list[Json]) -> set[str]:
    messages = [entry.get("message") for entry in entries]
    senders = [one.get("sender") for one in messages if isinstance(one, dict)]
    dids = [one.get("did") for one in senders if isinstance(one, dict)]
    return {did for did in dids if isinstance(did, str)}


def _sent(convo: str, view: Json, now: datetime) -> Published:
    at = read_time(view.get("sentAt")) or now
    return Published(id=message_id(convo, str(view["id"])), url=None, at=at)
