"""Comments and private messages of ours, and finding them again."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from amends.connectors.calling import Caller, Effect
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.reddit.settings import Settings
from amends.connectors.reddit.translate import (
    following,
    is_name,
    name_of,
    read_thing,
    stamp,
    things_of,
)
from amends.terms import Author, BadInput, ConnectorError, Published, TryLater

if TYPE_CHECKING:
    from amends.connectors.reddit.session import Session

_LOOK_BACK = timedelta(hours=24)
_PAGES = 5  # of 100 things of ours
_LIMITED = re.compile(r"(\d{1,4}) (second|minute|hour)", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_HANDLE = re.compile(r"[A-Za-z0-9_-]{2,20}")


class Posting:
    """What our account writes. Raises ``ConnectorError`` and its kin only."""

    def __init__(self, session: "Session", settings: Settings, caller: Caller) -> None:
        self._session = session
        self._settings = settings
        self._caller = caller

    async def reply(self, text: str, *, to: str) -> Published:
        """A comment under a submission or a comment, or an answer to a message, by its full name."""
        if not is_name(to):
            msg = f"{to[:80]!r} is nothing on Reddit that can be answered."
            raise ConnectorError(msg)
        told = await self._write("api/comment", {"thing_id": to, "text": text, "api_type": "json"})
        things = mappings_of(mapping_of(mapping_of(told.get("json")).get("data")).get("things"))
        if not things or not name_of(things[0]):
            raise self._caller.lost(Effect.ONCE, sent=True)
        return self._published(things[0])

    async def message(self, text: str, *, to: Author) -> Published:
        """An answer to the newest message of theirs; where there is none, one that begins."""
        handle = await self._handle(to)
        theirs = await self._newest_of(handle)
        if theirs:
            return await self.reply(text, to=theirs)
        asked = {"to": handle, "subject": "A message to you", "text": text, "api_type": "json"}
        await self._write("api/compose", asked)
        found = await self.find_message(text, to=handle)  # the answer names nothing
        if found is None:
            raise self._caller.lost(Effect.ONCE, sent=True)
        return found

    async def find_reply(self, text: str, *, under: str) -> Published | None:
        """The newest comment of ours under something, with this text, of the last 24 hours."""
        path = f"user/{self._settings.handle}/comments"
        return await self._find(path, text, lambda data: text_of(data.get("parent_id")) == under)

    async def find_message(self, text: str, *, to: str) -> Published | None:
        """The newest message of ours to somebody, with this text, of the last 24 hours."""
        wanted = to.lower()
        return await self._find(
            "message/sent", text, lambda data: (text_of(data.get("dest")) or "").lower() == wanted
        )

    async def delete(self, name: str) -> None:
        """Remove a comment of ours; one that is gone is no error."""
        if not is_name(name):
            msg = f"{name[:80]!r} is no comment of ours."
            raise ConnectorError(msg)
        if name.startswith("t4_"):
            raise ConnectorError("A message on Reddit cannot be taken back.")
        await self._session.ask("POST", "api/del", data={"id": name})

    async def handle_of(self, author: Author) -> str:
        return await self._handle(author)

    async def _handle(self, author: Author) -> str:
        handle = (author.handle or "").removeprefix("u/")
        if not _HANDLE.fullmatch(handle):
            msg = f"There is no account {handle[:60] or author.id!r} on Reddit to write to."
            raise ConnectorError(msg)
        return handle

    async def _newest_of(self, handle: str) -> str | None:
        told = await self._session.ask("GET", "message/messages", params={"limit": "100"})
        for thing in things_of(told):
            author = text_of(mapping_of(thing.get("data")).get("author")) or ""
            if author.lower() == handle.lower() and name_of(thing):
                return name_of(thing)
        return None

    async def _find(self, path: str, text: str, right: Any) -> Published | None:
        since, after, wanted = self._caller.there - _LOOK_BACK, "", _words(text)
        for _ in range(_PAGES):
            params = {"limit": "100", "sort": "new"} | ({"after": after} if after else {})
            told = await self._session.ask("GET", path, params=params)
            things = things_of(told)
            for thing in things:
                data = mapping_of(thing.get("data"))
                if right(data) and _words(text_of(data.get("body")) or "") == wanted:
                    return self._published(thing)
            after = following(told) or ""
            times = [time for thing in things if (time := _time(thing))]
            if not after or (times and min(times) < since):
                break
        return None

    async def _write(self, path: str, data: Mapping[str, str]) -> Mapping[str, Any]:
        """What Reddit answers to something written. Raises what its list of errors says."""
        told = mapping_of(await self._session.ask("POST", path, data=dict(data)))
        if "json" not in told:
            raise self._caller.lost(Effect.ONCE, sent=True)
        answer = mapping_of(told.get("json"))
        errors = answer.get("errors")
        if isinstance(errors, list) and errors:
            raise self._refused(errors[0], answer.get("ratelimit"))
        return told

    def _refused(self, error: Any, seconds: Any) -> ConnectorError:
        """Reddit answers 200 and lists what is wrong: ``[code, sentence, field]``."""
        parts: Sequence[Any] = error if isinstance(error, list) else [error]
        code, said = str(parts[0]), " ".join(str(part) for part in parts[1:2] if part)
        now = self._caller.clock.now()
        if code.upper() == "RATELIMIT":
            wait = (
                seconds
                if isinstance(seconds, int | float) and 0 < seconds < 86_400
                else _told(said)
            )
            msg = "Reddit asks us to slow down; it will be tried again."
            return TryLater(msg, now + timedelta(seconds=float(wait)))
        return ConnectorError(f"Reddit refused: {self._caller.shown(said or code)}.")

    def _published(self, thing: Mapping[str, Any]) -> Published:
        now = self._caller.clock.now()
        try:
            url = read_thing(thing, self._settings.reddit_url).url
        except BadInput:
            url = None
        return Published(id=name_of(thing), url=url, at=_time(thing) or now)


def _told(said: str) -> float:
    """Seconds to wait, as the sentence has them: "try again in 3 minutes"."""
    found = _LIMITED.search(said)
    return float(int(found[1]) * _SECONDS[found[2].lower()]) + 1 if found else 60.0


def _words(text: str) -> str:
    return " ".join(text.split())


def _time(thing: Mapping[str, Any]) -> datetime | None:
    try:
        return stamp(thing)
    except BadInput:
        return None
