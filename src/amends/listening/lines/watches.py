"""A file of watches: one a line, or JSON."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from amends.matching import QueryError, parse
from amends.terms import BadInput

_NAMED = re.compile(r"(?P<name>[^:]+):\s+(?P<query>\S.*)")
_HOW = "write NAME: QUERY, with a blank after the colon"


class WatchesRefused(BadInput):
    """A file in which something is wrong; the message names every place, one a line."""


class _Entry(NamedTuple):
    name: str
    query: str
    column: int = 0  # where the query begins in its line, from 1; 0 where that is not known


def read_watches(path: Path) -> dict[str, str]:
    """Queries by the names of their watches.

    A line is ``name: query`` or ``{"name": ..., "query": ...}``; the whole may also be one object
    of queries by name, or an array of such objects. Blank lines and lines that begin with ``#`` are
    passed over. Raises ``WatchesRefused`` with every fault in the file, each as
    ``FILE:LINE:COLUMN: what is wrong``; the column is left out where it is not known.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise WatchesRefused(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise WatchesRefused(f"{path} is not UTF-8 (byte {error.start}); save it so.") from error
    watches: dict[str, str] = {}
    faults: list[str] = []
    at: dict[str, int] = {}
    for line, given in _document(text) or _lines(text):
        try:
            entry = _entry(given)
            if entry.name in watches:
                raise BadInput(f"The name {entry.name} is taken by line {at[entry.name]}.")
            at[entry.name] = line
            watches[entry.name] = entry.query
            parse(entry.query)
        except QueryError as error:
            column = f":{entry.column + error.position}" if entry.column else ""
            faults.append(f"{path}:{line}{column}: {entry.name}: {error}")
        except BadInput as error:
            faults.append(f"{path}:{line}: {error}")
    if not watches and not faults:
        faults.append(f"{path} holds no watch; {_HOW}.")
    if faults:
        raise WatchesRefused("\n".join(faults))
    return watches


def _lines(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            yield number, _decoded(bare) if bare.startswith("{") else line.rstrip()


def _document(text: str) -> list[tuple[int, object]] | None:
    """The entries of a file that is one JSON value over all of its lines; None where it is none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    whole = _decoded(text)
    if isinstance(whole, list):
        return [(_line_of(text, one), one) for one in whole]
    if not isinstance(whole, dict) or {"name", "query"} <= whole.keys():
        return None
    return [(_line_of(text, name), {"name": name, "query": query}) for name, query in whole.items()]


def _decoded(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _line_of(text: str, entry: object) -> int:
    """Where an entry begins, as well as its name tells; JSON keeps no line numbers."""
    name = entry.get("name") if isinstance(entry, dict) else entry
    at = text.find(msgspec.json.encode(name).decode()) if isinstance(name, str) else -1
    return text.count("\n", 0, max(at, 0)) + 1


def _entry(given: object) -> _Entry:
    if isinstance(given, dict):
        name, query = given.get("name"), given.get("query")
        if not (isinstance(name, str) and name.strip() and isinstance(query, str)):
            raise BadInput('It has no name or no query; write {"name": "...", "query": "..."}.')
        return _Entry(name.strip(), query)
    if isinstance(given, str) and given.lstrip().startswith("{"):
        raise BadInput("It begins as JSON and is none; close its quotes and brackets.")
    named = _NAMED.fullmatch(given) if isinstance(given, str) else None
    if named is None:
        raise BadInput(f"It has no name or no query; {_HOW}.")
    return _Entry(named["name"].strip(), named["query"], named.start("query") + 1)
