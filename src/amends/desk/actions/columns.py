"""Values as databases take them, a column at a time.

Of a stored mention, writing its values as text costs as much as the database does with them. So a
column is handled as a whole where that can be: what stands in every row once, moments and numbers by
one call, and what COPY gives a meaning is looked for in all texts at once.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, Final

import msgspec
from django.db.models import BooleanField, DateField, DateTimeField, FloatField, JSONField

Column = Sequence[Any]
_FLAGS: Final = {True: "t", False: "f"}
_TEXT_TYPES: Final = frozenset({str, type(None)})
_NUMBERS: Final = frozenset({int})
_TEXTS: Final = frozenset({"CharField", "TextField", "JSONField"})
_EMPTY: Final[dict[type, str]] = {list: "[]", tuple: "[]", dict: "{}"}
_ESCAPES: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_BETWEEN: Final = "\0"  # stands in no text that PostgreSQL keeps


def all_one(column: Column) -> bool:
    """Whether each row holds the same."""
    first = column[0]
    if isinstance(first, dict | list | tuple) and first:  # equal ones may be spelt in two ways
        return False
    return column[-1] == first and column.count(first) == len(column)


def for_sqlite(field: Any, column: Column) -> Column:
    """What SQLite wants the values as: of any but numbers and texts Python asks for an adapter."""
    if isinstance(field, DateTimeField):
        return _moments(column)
    if isinstance(field, DateField):
        return _each(str, column)
    if isinstance(field, BooleanField):
        return _each(int, column)
    return _json(column) if isinstance(field, JSONField) else column


def for_postgres(field: Any, column: Column) -> Column:
    """The values as PostgreSQL reads them from text, None where there is none."""
    if isinstance(field, JSONField):
        return _json(column)
    if isinstance(field, BooleanField):
        return _each(_FLAGS.__getitem__, column)
    if isinstance(field, DateTimeField):
        return _moments(column, mark="+00")
    if isinstance(field, FloatField):
        return _floats(column)
    return column if _TEXT_TYPES.issuperset(map(type, column)) else _each(str, column)


def for_copy(field: Any, column: Column) -> Column:
    """As ``for_postgres``, in COPY's text form."""
    if _NUMBERS.issuperset(map(type, column)):
        return column  # a pattern writes them as they are
    spelt = for_postgres(field, column)
    if None in spelt:
        return ["\\N" if one is None else _escaped_one(one) for one in spelt]
    return _escaped(spelt) if field.get_internal_type() in _TEXTS else spelt


def _escaped(column: Column) -> Column:
    text = _BETWEEN.join(column)
    meant = [(one, spelt) for one, spelt in _ESCAPES if one in text]
    if not meant:
        return column
    for one, spelt in meant:
        text = text.replace(one, spelt)
    found = text.split(_BETWEEN)
    # PostgreSQL refuses a text with the character itself, as it should.
    return found if len(found) == len(column) else list(map(_escaped_one, column))


def _escaped_one(text: str) -> str:
    for one, spelt in _ESCAPES:
        text = text.replace(one, spelt)
    return text


def _moments(column: Column, mark: str = "") -> Column:
    """As Django's field would write them for SQLite: in UTC, without saying so but by ``mark``."""
    if None not in column:
        text = msgspec.json.encode(column).decode()
        if text.count('Z"') == len(column):
            return text.replace("T", " ").replace("Z", mark)[2:-2].split('","')
    return _each(lambda one: str(one.astimezone(UTC))[:-6] + mark, column)


def _floats(column: Column) -> Column:
    text = msgspec.json.encode(column).decode()
    return _each(str, column) if "null" in text else text[1:-1].split(",")


def _each(prepare: Callable[[Any], Any], column: Column) -> Column:
    return [None if value is None else prepare(value) for value in column]


def _json(column: Column) -> Column:
    """Tuples are lists there. A line each: JSON holds no other."""
    if not any(column):
        return [None if value is None else _EMPTY[type(value)] for value in column]
    try:
        lines = _LINES(column).decode().split("\n")
    except (TypeError, ValueError):  # such as half of a pair of surrogates
        return [None if value is None else _encoded(value) for value in column]
    if None not in column:
        return lines[:-1]
    return [None if value is None else line for value, line in zip(column, lines, strict=False)]


_LINES: Final = msgspec.json.Encoder().encode_lines


def _encoded(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError):
        return json.dumps(value)
