"""``amends read``: what posts say about how their authors feel, line by line."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import click

from amends.cli.match import batches
from amends.cli.progress import Bar

if TYPE_CHECKING:
    from amends.terms import Reading
    from amends.understanding.targets import Watched

Answering = Callable[[Sequence[bytes]], list[bytes]]
_AT_ONCE = 512  # posts read together


class _Asked(NamedTuple):
    id: str | int | None
    text: str
    lang: str | None
    watches: tuple[str, ...]


@click.command(short_help="Say how the authors of posts feel, line by line.")
@click.argument("posts", type=click.File("rb"), default="-")
@click.option("--json", "as_json", is_flag=True, help="Read and write JSON, one object a line.")
@click.option(
    "--watch",
    "terms",
    multiple=True,
    help='A term feelings may be directed at, with other spellings: "Acme = acmehelp".',
)
@click.option(
    "--watches",
    "watches_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=None,
    help="A file of such terms, one a line.",
)
@click.option(
    "--vulnerable", is_flag=True, help="Also say where somebody may need special care (off)."
)
def read(
    posts: BinaryIO,
    as_json: bool,
    terms: tuple[str, ...],
    watches_file: Path | None,
    vulnerable: bool,
) -> None:
    """Read a post a line from POSTS (a file; standard input by default) and answer each with a line.

    A post is {"id", "text"}, with "lang" and "watches" if known; a line that cannot be read is
    answered {"error": {"message"}}. See docs/reading.md.
    """
    if not as_json:
        raise click.UsageError("Write amends read --json and give it a post as JSON a line.")
    every = (*terms, *(_terms_of(watches_file) if watches_file else ()))
    answer = answering(every, vulnerable=vulnerable)
    size = _size(posts)
    with ExitStack() as stack:
        shown = bool(size) and sys.stderr.isatty() and not sys.stdout.isatty()
        bar = stack.enter_context(Bar(enabled=shown))
        done = 0
        try:
            for lines in _pieces(posts):
                sys.stdout.buffer.write(b"".join(answer(lines)))
                sys.stdout.buffer.flush()
                done += sum(map(len, lines)) + len(lines)
                bar.show("posts read", min(done, size), size)
        except BrokenPipeError:
            # Whoever read the answers has gone; closing keeps Python from flushing once more.
            sys.stderr.close()


def answering(terms: Sequence[str] = (), *, vulnerable: bool = False) -> Answering:
    """What answers lines with lines, in order. ``terms`` are watched in all of them."""
    import msgspec

    from amends.cli.start import chosen_reader
    from amends.terms import BadInput
    from amends.text import storable
    from amends.understanding.readings import Understanding, spellings
    from amends.understanding.targets import Watched

    encode = msgspec.json.Encoder().encode
    understanding = Understanding(chosen_reader(), vulnerable=vulnerable)
    asked_of = _asking()

    @lru_cache(maxsize=1_000)
    def watched(more: tuple[str, ...]) -> "Watched":
        return Watched(spellings((*terms, *more)))

    def answer(lines: Sequence[bytes]) -> list[bytes]:
        asked: list[_Asked | bytes] = []
        for line in lines:
            try:
                asked.append(asked_of(line))
            except BadInput as error:
                asked.append(encode({"error": {"message": storable(str(error))}}))
        posts = [one for one in asked if isinstance(one, _Asked)]
        terms_of_each = [watched(one.watches) for one in posts]
        readings = iter(
            understanding.read(
                [one.text for one in posts], [one.lang for one in posts], terms_of_each
            )
        )
        return [
            (encode(said(one.id, next(readings))) if isinstance(one, _Asked) else one) + b"\n"
            for one in asked
        ]

    return answer


def said(post_id: str | int | None, reading: "Reading") -> dict[str, Any]:
    """A reading as ``amends read`` writes it."""
    return {
        "id": post_id,
        "complaint": round(reading.complaint, 4),
        "severity": reading.severity,
        "sentiment": {name: round(share, 4) for name, share in reading.sentiment_scores.items()},
        "emotion": reading.emotion,
        "arousal": round(reading.arousal, 4),
        "topics": reading.topics,
        "intents": reading.intents,
        "targets": reading.targets,
        "lang": reading.lang,
        "why": reading.reasons,
    }


def _asking() -> Callable[[bytes], _Asked]:
    """What reads a line as a question. Raises ``BadInput``."""
    import msgspec

    from amends.cli.match import object_of
    from amends.terms import BadInput, decode_post

    class Line(msgspec.Struct):
        text: str
        id: str | int | None = None
        lang: str | None = None
        watches: list[str] | None = None

    decode = msgspec.json.Decoder(Line).decode

    def asked_of(line: bytes) -> _Asked:
        try:
            plain = decode(line)
            return _Asked(plain.id, plain.text, plain.lang, tuple(plain.watches or ()))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            given = object_of(line, '{"id": "...", "text": "..."}')
        watches = given.pop("watches", None)
        if watches is not None and not (
            isinstance(watches, list) and all(isinstance(one, str) for one in watches)
        ):
            raise BadInput("watches: it is no such thing; write it as an array of terms.")
        named = given.get("id") is not None
        post = decode_post(given if named else given | {"id": "1"})
        return _Asked(post.id if named else None, post.text, post.lang, tuple(watches or ()))

    return asked_of


def _pieces(posts: BinaryIO) -> Iterator[list[bytes]]:
    for lines in batches(posts):
        for start in range(0, len(lines), _AT_ONCE):
            yield lines[start : start + _AT_ONCE]


def _size(posts: BinaryIO) -> int:
    """Bytes to read, 0 where that is not known."""
    import os
    import stat

    try:
        found = os.fstat(posts.fileno())
    except (OSError, ValueError):
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _terms_of(file: Path) -> list[str]:
    from amends.terms import BadInput

    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 (byte {error.start}); save it so.") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
