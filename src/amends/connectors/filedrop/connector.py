"""The connector: what ``amends.connectors.protocol`` promises, kept on a folder."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import msgspec

from amends.connectors.filedrop.files import Places, Spot, files_of, marked
from amends.connectors.filedrop.records import NETWORK, Record, read_record, records_of
from amends.connectors.mapping import Fields, read_mapping
from amends.connectors.readonly import ReadOnly, reader
from amends.outbound import Outbound
from amends.terms import (
    Author,
    BadInput,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    DeadLetter,
    Page,
    Post,
)

SOURCE = "files"
_SETTINGS = ("folder", "mapping", "to_us", "poll_seconds")
_RAW = 2000


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    folder: Path
    mapping: Fields | None = None
    to_us: bool = False
    poll_seconds: float = 5.0


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
    given = {name: value for name, value in channel.settings.items() if value.strip()}
    unknown = sorted(set(given) - set(_SETTINGS))
    if unknown:
        raise BadInput(f"A file drop has no setting {unknown[0]!r}; it has {', '.join(_SETTINGS)}.")
    folder = Path(given.get("folder", "").strip())
    if not folder.is_absolute() or "\0" in str(folder):
        raise BadInput(f"folder is {str(folder)!r}; write its whole path.")
    if given.get("to_us", "no") not in ("yes", "no"):
        raise BadInput(f"to_us is {given['to_us']!r}; write yes or no.")
    return Settings(
        folder=folder,
        mapping=read_mapping(given["mapping"]) if "mapping" in given else None,
        to_us=given.get("to_us") == "yes",
        poll_seconds=_seconds(given.get("poll_seconds", "5")),
    )


class FiledropConnector(ReadOnly):
    """Reads the files of a folder as they come and grow. Source: ``files``.

    Raises ``BadInput`` for settings that make no sense. Nothing is written and nothing removed.
    """

    network: ClassVar[str] = NETWORK
    read_settings = staticmethod(read_settings)
    instead: ClassVar[str] = "A file takes no replies; answer where the post was written."

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        del credentials, outbound  # it goes nowhere
        self._us = reader(NETWORK, channel.handle.lstrip("@"))
        self._settings = read_settings(channel)
        self._clock = clock

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        del phrases  # files are read whole
        return [SOURCE]

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        if source != SOURCE:
            raise ConnectorError(f"A file drop has no source {source!r}; it has {SOURCE}.")
        places = Places.read(cursor)
        try:
            return await asyncio.to_thread(self._read, places, limit)
        except OSError as error:
            msg = f"A file in {self._settings.folder} cannot be read ({error.strerror})."
            raise ConnectorError(msg) from error

    async def author(self, author_id: str) -> Author:
        if author_id in (self._us.id, self._us.handle):
            return self._us
        raise ConnectorError("Files tell no more of an author than stands at the post.")

    async def check(self) -> Author:
        await asyncio.to_thread(files_of, self._settings.folder, Places())
        return self._us

    async def aclose(self) -> None:
        """Nothing is kept open."""

    def _read(self, places: Places, limit: int) -> Page:
        now = self._clock.now()
        posts, dead, spots = list[Post](), list[DeadLetter](), dict[str, Spot]()
        more = False
        for found in files_of(self._settings.folder, places):
            spots[found.key] = found.spot
            if more or not found.grown():
                continue
            for record in records_of(found, now):
                if len(posts) + len(dead) == limit:
                    more = True
                    break
                self._take(record, found.path.name, posts, dead)
                spots[found.key] = record.after
            if spots[found.key] != found.spot:
                spots[found.key] = marked(found.path, spots[found.key])
        wait = timedelta(seconds=self._settings.poll_seconds)
        return Page(
            posts=posts,
            dead=dead,
            cursor=Places(spots).write(),
            next_poll=None if more else now + wait,
            to_us=self._settings.to_us,
        )

    def _take(self, record: Record, name: str, posts: list[Post], dead: list[DeadLetter]) -> None:
        if record.value is None and not record.fault:
            return  # a header, or a blank line
        now, reason = self._clock.now(), record.fault
        if not reason:
            try:
                posts.append(read_record(record, self._settings.mapping, now))
                return
            except (BadInput, RecursionError) as error:
                reason = str(error)
        raw = record.raw[:_RAW].decode(errors="replace")
        dead.append(DeadLetter(source=name, reason=reason, raw=raw, line=record.number, at=now))


def _seconds(told: str) -> float:
    try:
        number = float(told)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise BadInput(f"poll_seconds is {told!r}; write a number above 0.")
    return number
