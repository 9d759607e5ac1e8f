"""Posts from named columns: tables in our own schema, and anything else by a column map."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from amends.connectors.fields import text_of, time_of, twitter_time
from amends.listening.history.line import Found, Json
from amends.terms import BadInput
from amends.terms.schema import decode_post

TARGETS = (
    "id",
    "text",
    "network",
    "url",
    "author.id",
    "author.handle",
    "author.name",
    "author.followers",
    "created_at",
    "edited_at",
    "lang",
    "visibility",
    "conversation",
    "in_reply_to",
    "repost_of",
    "quote_of",
    "links",
    "media",
    "counts",
)
_TIMES = ("created_at", "edited_at")
_WHOLE = ("author.followers",)
_OBJECTS = ("in_reply_to", "repost_of", "quote_of", "links", "media", "counts")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000  # as seconds this would be the year 5138

NO_ID = "No column is mapped to id, so each post's id is made from a hash of its row."


class ColumnSchema:
    """Takes each field of a post from the column that a map names.

    A column is found by its exact name, else as a path with dots into nested objects.
    """

    def __init__(self, columns: Mapping[str, str], *, name: str = "columns") -> None:
        self.name = name
        self.needs = tuple(columns.values())
        self._columns = dict(columns)

    def looks_like(self, value: Json) -> bool:
        return _look_up(value, self._columns["text"]) is not None

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        post: dict[str, Any] = {}
        for target, column in self._columns.items():
            cell = _cell(target, column, _look_up(value, column))
            if cell is None:
                continue
            outer, _, inner = target.partition(".")
            if inner:
                post.setdefault(outer, {})[inner] = cell
            else:
                post[outer] = cell
        post.setdefault("text", "")
        if "id" not in self._columns:
            post["id"] = _hashed(value)
        yield Found(post=decode_post(post))


def column_map(columns: Mapping[str, str]) -> dict[str, str]:
    """The map as given, checked. Raises BadInput for a field no post has, or where text is missing."""
    for target in columns:
        if target not in TARGETS and not target.startswith("counts."):
            raise BadInput(
                f"A post has no field {target!r}; give one of {', '.join(TARGETS)} or counts.NAME."
            )
    if "text" not in columns:
        raise BadInput("Say which column holds the text: --columns text=NAME.")
    return dict(columns)


def own_columns(names: Iterable[str]) -> dict[str, str] | None:
    """The map for a table in our own schema, flat (``author.handle`` or ``author_handle``) or with
    an ``author`` struct; None where it has no ``id`` or no ``text``."""
    given = set(names)
    found = {}
    for target in TARGETS:
        outer, _, inner = target.partition(".")
        for name in (target, target.replace(".", "_")):
            if name in given:
                found[target] = name
        if inner and target not in found and outer in given:
            found[target] = target
    return found if {"id", "text"} <= found.keys() else None


def _look_up(value: Json, column: str) -> object:
    if column in value:
        return value[column]
    found: object = value
    for key in column.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _cell(target: str, column: str, value: object) -> object:
    """What a post line would hold here; None for an empty cell. Raises BadInput naming the column."""
    if value is None or value == "":
        return None
    try:
        if target in _TIMES:
            return _any_time(value).isoformat()
        if target in _WHOLE or target.startswith("counts."):
            return _whole(value)
        if target in _OBJECTS:
            return _object(target, value)
        return _string(target, value)
    except BadInput as error:
        raise BadInput(f"Column {column}: {error}") from None


def _string(target: str, value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = text_of(value)
    if found is None and not isinstance(value, str):
        raise BadInput(f"{str(value)[:60]!r} is no text.")
    if target == "author.handle" and found:
        return found.removeprefix("@")
    return found


def _whole(value: object) -> int:
    try:
        return int(str(value).strip().removesuffix(".0"))
    except ValueError:
        raise BadInput(f"{str(value)[:60]!r} is no whole number.") from None


def _object(target: str, value: object) -> object:
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            raise BadInput(f"{str(value)[:60]!r} is no JSON.") from None
    if target == "links" and isinstance(value, str):
        return value.split()
    if target == "counts" and isinstance(value, list):
        return dict(value)  # how Arrow hands out a map
    return _given(value) if isinstance(value, dict | list) else _string(target, value)


def _given(value: Any) -> Any:
    """Without the nulls that a struct of columns holds for what is not there."""
    if isinstance(value, dict):
        return {key: _given(inner) for key, inner in value.items() if inner is not None}
    return [_given(inner) for inner in value] if isinstance(value, list) else value


def _any_time(value: object) -> datetime:
    """Times as people export them. Without a zone UTC is meant. Raises BadInput for others."""
    number = _number(value)
    if number is not None:
        seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
        try:
            return _EPOCH + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            raise BadInput(f"{str(value)[:60]!r} is no time.") from None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    for read in (time_of, twitter_time, _mail_time):
        try:
            found = read(str(value).strip())
        except BadInput:
            continue
        if found is not None:
            return found
    raise BadInput(f"{str(value)[:60]!r} is no time; write it like 2026-11-20T10:00:00Z.")


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    # 2026 or 20261120 is a date in figures, not a second of January 1970.
    return number if number is not None and abs(number) >= 100_000_000 else None


def _mail_time(value: str) -> datetime | None:
    try:
        return time_of(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        raise BadInput("no time") from None


def _hashed(value: Json) -> str:
    canonical = msgspec.json.encode(value, order="deterministic", enc_hook=str)
    return f"row-{hashlib.sha256(canonical).hexdigest()[:24]}"
