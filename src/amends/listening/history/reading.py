"""A file of history, opened and read line by line."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from amends.listening.clean import clean_post
from amends.listening.history.line import Found, Line, Schema
from amends.listening.history.look import (
    FORMATS,
    SCHEMAS,
    Shape,
    parquet_shape,
    refuse_other_files,
    text_shape,
)
from amends.listening.history.raw import compression_of
from amends.listening.history.rows import Row, excerpt
from amends.listening.history.schemas.columns import NO_ID, ColumnSchema, column_map
from amends.listening.history.schemas.posts import PostSchema
from amends.terms import BadInput, DeadLetter, Post
from amends.terms.schema import decode_post

log = logging.getLogger(__name__)

LONGEST_ID = 512


class History:
    """A file of posts.

    ``format`` is the schema (one of ``FORMATS``), ``container`` how it is written (jsonl, json,
    csv, parquet), ``size`` its bytes on disk, ``notes`` sentences for whoever imports it.
    """

    def __init__(self, path: Path, size: int, shape: Shape, notes: tuple[str, ...]) -> None:
        self.path = path
        self.size = size
        self.notes = notes
        self.format = shape.schema.name
        self.container = shape.container
        self._shape = shape

    def lines(self, start: int = 0, part: int | None = None) -> Iterator[Line]:
        """Everything after line ``start``, in order, the same at each reading.

        With ``part``, line ``start`` itself was done up to and with that part, and its rest comes
        first. What cannot be read comes as a dead letter and reading goes on.
        """
        for row in self._shape.rows():
            if row.number < start or (row.number == start and part is None):
                continue
            done = part if row.number == start and part is not None else -1
            for line in self._lines_of(row):
                if line.part > done:
                    yield line

    def _lines_of(self, row: Row) -> Iterator[Line]:
        founds = self._translated(row)
        for part, found in enumerate(founds):
            dead = None
            if found.dead is not None:
                dead = DeadLetter(
                    source=self.path.name,
                    reason=found.dead,
                    raw=excerpt(row.raw),
                    line=row.number,
                )
            yield Line(
                number=row.number,
                part=part,
                last=part == len(founds) - 1,
                position=row.position,
                post=found.post,
                deleted=found.deleted,
                dead=dead,
                skipped=found.skipped,
                ours=found.ours,
                company=found.company,
            )

    def _translated(self, row: Row) -> list[Found]:
        if row.dead is not None:
            return [Found(dead=row.dead)]
        try:
            founds = self._found(row)
        except BadInput as error:
            return [Found(dead=str(error))]
        except msgspec.DecodeError as error:
            return [Found(dead=f"The line is not JSON: {error}.")]
        except RecursionError:
            return [Found(dead="The line is nested too deeply to be read.")]
        except Exception as error:
            log.exception("Line %d of %s cannot be translated", row.number, self.path.name)
            return [Found(dead=f"The line could not be translated ({type(error).__name__}).")]
        if _may_need_cleaning(row.raw):
            founds = [_cleaned(found) for found in founds]
        return [_with_short_id(found) for found in founds]

    def _found(self, row: Row) -> list[Found]:
        schema, value = self._shape.schema, row.value
        if isinstance(value, bytes):
            if isinstance(schema, PostSchema) and not value.lstrip().startswith(b"["):
                return [Found(post=decode_post(value))]
            return list(_each(schema, msgspec.json.decode(value), row.number))
        return list(_each(schema, value, row.number))


def open_history(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002 (named as the command's option)
    columns: Mapping[str, str] | None = None,
) -> History:
    """Open a file of posts and find out what it is.

    ``format`` (one of ``FORMATS``) settles what its objects are, ``columns`` maps fields of a post
    to columns (``{"text": "body", "author.handle": "user"}``). Raises BadInput, in one or two
    sentences, where the file cannot be read or is no file of posts.
    """
    path = Path(path)
    asked = _asked(format, columns)
    size, head = _first_bytes(path)
    refuse_other_files(path.name, head)
    if head.startswith(b"PAR1"):
        shape = parquet_shape(path, size, asked)
    else:
        shape = text_shape(path, compression_of(head), size, asked)
    notes = (NO_ID,) if columns is not None and "id" not in columns else ()
    return History(path, size, shape, notes)


def _asked(name: str | None, columns: Mapping[str, str] | None) -> Schema | None:
    if columns is not None:
        if name not in (None, "columns"):
            raise BadInput("Give --format or --columns, not both.")
        return ColumnSchema(column_map(columns))
    if name is None:
        return None
    if name not in SCHEMAS:
        raise BadInput(
            "Say where the fields are with --columns text=NAME,id=NAME."
            if name == "columns"
            else f"There is no format {name!r}; give one of {', '.join(FORMATS)}."
        )
    return SCHEMAS[name]


def _first_bytes(path: Path) -> tuple[int, bytes]:
    try:
        if path.is_dir():
            raise BadInput(f"{path.name} is a folder; give a file.")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(32)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}.") from None
    if not head:
        raise BadInput(f"{path.name} is empty.")
    return size, head


def _each(schema: Schema, value: object, number: int) -> Iterator[Found]:
    """The value's own, or that of each object in an array. One broken element spares the others."""
    if isinstance(value, dict):
        yield from schema.translate(value, number)
        return
    if not isinstance(value, list) or not value:
        raise BadInput("The line is JSON, but no object.")
    for element in value:
        try:
            if not isinstance(element, dict):
                raise BadInput("The element is no object.")
            yield from schema.translate(element, number)
        except BadInput as error:
            yield Found(dead=str(error))


def _may_need_cleaning(raw: bytes) -> bool:
    """Whether a NUL or a surrogate, as it stands or escaped in JSON or in Python, may be in it."""
    escaped = b"\\u0000" in raw or b"\\ud" in raw or b"\\uD" in raw
    return escaped or b"\\x00" in raw or b"\x00" in raw


def _cleaned(found: Found) -> Found:
    if found.post is None:
        return found
    return Found(post=clean_post(found.post), ours=found.ours, company=found.company)


def _with_short_id(found: Found) -> Found:
    post: Post | None = found.post
    if post is not None and len(post.id) > LONGEST_ID:
        return Found(dead=f"The post's id is longer than {LONGEST_ID} characters.")
    return found
