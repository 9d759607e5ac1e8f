"""``amends match``: one query against one post, line by line."""

import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from amends.matching import Node

AT_ONCE = 1 << 18
LONGEST = 1 << 22
"""Bytes of a line. A longer one is answered with an error, so that memory stays bounded."""

Answer = dict[str, Any]


@click.command(short_help="Match queries against posts, line by line.")
@click.option("--json", "as_json", is_flag=True, help="Read and write JSON, one object a line.")
def match(as_json: bool) -> None:
    """Read {"query", "post"} a line from standard input, and answer each line with one.

    The answer is {"match": true or false, "why": [...]} or {"error": {"message", "position"}};
    see docs/queries.md.
    """
    if not as_json:
        raise click.UsageError('Write amends match --json and give it {"query", "post"} a line.')
    answer = answering()
    try:
        for lines in batches(sys.stdin.buffer):
            sys.stdout.buffer.write(b"".join(answer(line) for line in lines))
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever read the answers has gone; closing keeps Python from flushing once more.
        sys.stderr.close()


def batches(source: BinaryIO) -> Iterator[list[bytes]]:
    """Lines as they come, without their ends: those of one read together, none held back."""
    rest, lost = b"", False
    while chunk := source.read1(AT_ONCE):  # type: ignore[attr-defined]
        *lines, rest = (rest + chunk).split(b"\n")
        if lines and lost:
            lines[0], lost = b"", False
        if len(rest) > LONGEST:
            rest, lost = b"", True
        yield lines
    if rest or lost:
        yield [rest]


def answering() -> Callable[[bytes], bytes]:
    """What answers a line with a line. Queries seen lately are not read again."""
    import msgspec

    from amends.matching import Facts, QueryError, parse, why
    from amends.terms import BadInput, decode_post
    from amends.text import storable

    encode = msgspec.json.Encoder().encode

    @lru_cache(maxsize=10_000)
    def read(query: str) -> "Node | QueryError":
        try:
            return parse(query)
        except QueryError as error:
            return error

    def matched(line: bytes) -> Answer:
        asked = _asked(line)
        node = read(asked["query"])
        if isinstance(node, QueryError):
            return _error(storable(node.reason), node.position)
        reasons = why(node, Facts.of(decode_post(_whole(asked["post"]))))
        return {"match": bool(reasons), "why": [storable(word) for word in reasons]}

    def answer(line: bytes) -> bytes:
        try:
            said = matched(line)
        except BadInput as error:
            said = _error(storable(str(error)), None)
        return encode(said) + b"\n"

    return answer


def _asked(line: bytes) -> dict[str, Any]:
    """A line's query and post. Raises ``BadInput``."""
    from amends.terms import BadInput

    value = object_of(line, '{"query": "...", "post": {...}}')
    for name, kind, said in (("query", str, "a string"), ("post", dict, "an object")):
        if not isinstance(value.get(name), kind):
            state = "is no such thing" if name in value else "is missing"
            raise BadInput(f"{name}: it {state}; write it as {said}.")
    return value


def _whole(post: dict[str, Any]) -> dict[str, Any]:
    """A post with an id and a text: to be matched, it needs neither."""
    missing = {"id": "1", "text": ""}
    return post | {name: one for name, one in missing.items() if post.get(name) is None}


def object_of(line: bytes, form: str) -> dict[str, Any]:
    """The object on a line. Raises ``BadInput`` that tells the ``form`` to write."""
    from amends.terms import BadInput

    value = _json(line, form)
    if not isinstance(value, dict):
        raise BadInput(f"This is JSON but no object; write {form}.")
    return value


def _json(line: bytes, form: str) -> Any:
    import json

    import msgspec

    from amends.terms import BadInput

    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # lone surrogates are JSON all the same; a post's are replaced
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        said = "This line is empty" if not line.strip() else f"This is no JSON ({error})"
        raise BadInput(f"{said}; write {form} on one line.") from error


def _error(message: str, position: int | None) -> Answer:
    return {"error": {"message": message, "position": position}}
