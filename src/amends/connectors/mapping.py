"""Objects of anybody's making to our posts, by a mapping: one line a field, ``text = review.body``.

A path names fields from the outside in, apart by dots; ``[0]`` or ``.0`` takes an element of a list,
and ``$.`` in front changes nothing. ``items`` is where a list of posts lies; without it an object is
one post, and a list is many.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from amends.connectors.fields import mapping_of, text_of, time_of, web_link
from amends.terms import Author, BadInput, Post

FIELDS = (
    "items", "id", "text", "title", "author", "author_id", "author_handle", "url", "created_at",
    "edited_at", "rating", "lang",
)  # fmt: skip
LONGEST_ID = 400
_MOST_STEPS = 20
_PATH = re.compile(r"(?:\$\.?)?([^\s=]*(?: +[^\s=]+)*)")
_STEP = re.compile(r"[^.\[\]]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What fields are called by those who send them; the first that is there is taken.
_CALLED: Mapping[str, Sequence[str]] = {
    "id": ("id", "uuid", "guid", "review_id", "comment_id", "post_id", "message_id", "_id"),
    "text": ("text", "body", "content", "message", "comment", "review", "description", "review_text"),
    "title": ("title", "subject", "headline"),
    "author": ("author.name", "user.name", "reviewer.name", "customer.name", "from.name", "author",
               "user", "reviewer", "username", "name", "from"),
    "author_id": ("author.id", "user.id", "reviewer.id", "customer.id", "author_id", "user_id"),
    "author_handle": ("author.handle", "author.username", "user.username", "user.screen_name"),
    "url": ("url", "link", "permalink", "href", "review_url"),
    "created_at": ("created_at", "createdAt", "created", "date", "timestamp", "published_at",
                   "published", "time", "submitted_at"),
    "edited_at": ("edited_at", "updated_at", "updatedAt", "modified_at", "last_modified"),
    "rating": ("rating", "stars", "score", "star_rating"),
    "lang": ("lang", "language", "locale"),
}  # fmt: skip
_LISTS = (
    "items",
    "data",
    "reviews",
    "posts",
    "comments",
    "results",
    "entries",
    "events",
    "messages",
)
_WRAPPED = ("data", "review", "post", "comment", "payload", "event", "message", "object")

Path = tuple[str, ...]


class Fields(msgspec.Struct, frozen=True):
    """A mapping: a path by each field's name."""

    paths: dict[str, Path]

    def written(self) -> str:
        """As people write it."""
        return "\n".join(f"{name} = {'.'.join(self.paths[name])}" for name in self.paths)

    def posts(
        self, value: object, *, network: str, latest: datetime
    ) -> Iterator[tuple[object, Callable[[], Post]]]:
        """Each post's object, and what reads it: that raises ``BadInput``."""
        for one in self._objects(value):
            yield one, lambda one=one: self.post(one, network=network, latest=latest)  # type: ignore[misc]

    def post(self, value: object, *, network: str, latest: datetime) -> Post:
        """The post that an object holds. Raises ``BadInput`` that names the field."""
        said = _text(self._at(value, "text"))
        title = " ".join(_text(self._at(value, "title")).split())
        text = (
            f"{title}\n\n{said}" if title and said and not said.startswith(title) else said or title
        )
        if not text:
            raise BadInput(
                f"There is no text where the mapping looks for it: {self._where('text')}."
            )
        author, created = self._author(value), self._time(value, "created_at", latest)
        edited = self._time(value, "edited_at", latest)
        return Post(
            id=self._id(value, text, author, created),
            text=text,
            network=network,
            url=web_link(_text(self._at(value, "url"))[:4000]),
            author=author,
            created_at=created,
            edited_at=edited if edited and edited != created else None,
            lang=_text(self._at(value, "lang"))[:35] or None,
            counts=_rating(self._at(value, "rating")),
        )

    def _objects(self, value: object) -> Sequence[object]:
        if "items" in self.paths:
            found = at_path(value, self.paths["items"])
            if not isinstance(found, list):
                raise BadInput(
                    f"There is no list where the mapping looks for it: {self._where('items')}."
                )
            return found
        return value if isinstance(value, list) else [value]

    def _at(self, value: object, name: str) -> object:
        return at_path(value, self.paths[name]) if name in self.paths else None

    def _where(self, name: str) -> str:
        return ".".join(self.paths.get(name, ("nowhere",)))

    def _author(self, value: object) -> Author | None:
        name, handle = _text(self._at(value, "author")), _text(self._at(value, "author_handle"))
        told = text_of(self._at(value, "author_id")) or handle or name
        if not told:
            return None
        return Author(id=told[:LONGEST_ID], handle=handle[:253] or None, name=name[:640] or None)

    def _time(self, value: object, name: str, latest: datetime) -> datetime | None:
        told = self._at(value, name)
        if told is None or told == "":
            return None
        try:
            return min(_moment(told), latest)
        except BadInput as error:
            raise BadInput(f"{name}: {error}") from None

    def _id(self, value: object, text: str, author: Author | None, at: datetime | None) -> str:
        told = text_of(self._at(value, "id"))
        if told is None and "id" in self.paths:
            raise BadInput(f"There is no id where the mapping looks for it: {self._where('id')}.")
        whole = told or f"{author and author.id}\n{at}\n{text}"
        if told and len(told) <= LONGEST_ID and told.isprintable():
            return told
        return "#" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def read_mapping(told: str) -> Fields:
    """A mapping as it was written, one field a line. Raises ``BadInput`` that names the line."""
    paths: dict[str, Path] = {}
    for number, line in enumerate(told.splitlines(), 1):
        if not line.strip():
            continue
        name, equals, path = (part.strip() for part in line.partition("="))
        if not equals or name not in FIELDS:
            raise BadInput(
                f"Line {number} is {line[:60]!r}; write a field and where it lies, such as"
                f" text = review.body. Fields: {', '.join(FIELDS)}."
            )
        steps = _steps(path)
        if steps is None:
            raise BadInput(f"Line {number}: {path[:60]!r} is no path; write it like review.body.")
        paths[name] = steps
    if "text" not in paths:
        raise BadInput("The mapping does not say where the text lies; add a line like text = body.")
    return Fields(paths)


def guess_mapping(sample: object) -> Fields:
    """A mapping for objects like a sample, by what fields are commonly called.

    Raises ``BadInput`` where no text is found.
    """
    items, inside = _first_object(sample)
    fields = mapping_of(inside)
    prefix: Path = ()
    if not _finds(fields, "text"):
        prefix = next(((name,) for name in _WRAPPED if _finds(fields.get(name), "text")), ())
    found = {name: _finds(at_path(fields, prefix), name) for name in _CALLED}
    if not found["text"]:
        raise BadInput("No text is to be found in the sample; say where it lies: text = ….")
    paths = {name: (*prefix, *path) for name, path in found.items() if path}
    return Fields(({"items": items} if items else {}) | paths)


def at_path(value: object, path: Path) -> object:
    """What lies there; None where nothing does."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif (
            isinstance(value, list)
            and step.isdecimal()
            and len(step) < 7
            and int(step) < len(value)
        ):
            value = value[int(step)]
        else:
            return None
    return value


def _steps(path: str) -> Path | None:
    found = _PATH.fullmatch(path)
    steps = tuple(_STEP.findall(found[1])) if found else ()
    return steps if 0 < len(steps) <= _MOST_STEPS else None


def _first_object(sample: object) -> tuple[Path, object]:
    if isinstance(sample, list):
        return (), sample[0] if sample else {}
    for name in _LISTS:
        inside = mapping_of(sample).get(name)
        if isinstance(inside, list) and inside and isinstance(inside[0], Mapping):
            return (name,), inside[0]
    return (), sample


def _finds(value: object, field: str) -> Path:
    for called in _CALLED[field]:
        path = tuple(called.split("."))
        found = at_path(value, path)
        if text_of(found) is not None or (field == "rating" and isinstance(found, float)):
            return path
    return ()


def _text(value: object) -> str:
    return (text_of(value) or "").strip()


def _moment(told: object) -> datetime:
    """RFC 3339, or seconds or milliseconds since 1970."""
    if isinstance(told, str) and told.strip().isdecimal() and len(told) < 16:
        told = int(told)
    if isinstance(told, int | float) and not isinstance(told, bool):
        try:
            seconds = told / 1000 if abs(told) > 1e11 else told
            return _EPOCH + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            raise BadInput(f"{str(told)[:40]} is no time.") from None
    found = time_of(told if isinstance(told, str) else str(told)[:60])
    if found is None:
        raise BadInput("It is empty.")
    return found


def _rating(told: Any) -> dict[str, int]:
    try:
        stars = (
            round(float(told))
            if isinstance(told, int | float | str) and len(str(told)) < 20
            else -1
        )
    except (ValueError, OverflowError):
        return {}
    return {"rating": stars} if 0 <= stars <= 100 and not isinstance(told, bool) else {}
