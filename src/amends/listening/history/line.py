"""What reading a file of history yields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from amends.terms import DeadLetter, Post

SkipReason = Literal["not_a_post", "conversation_without_turns"]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing a line holds: a post, the id of a deleted one, no post at all, or a broken part.

    ``ours`` and ``company`` as in ``Line``.
    """

    post: Post | None = None
    deleted: str | None = None
    skipped: SkipReason | None = None
    dead: str | None = None
    ours: bool | None = None
    company: bool = False


class Schema(Protocol):
    """How one kind of object is told and translated."""

    name: str

    def looks_like(self, value: Json) -> bool:
        """Whether an object is of this kind, so far as its keys tell."""
        ...

    def translate(self, value: Json, number: int, /) -> Iterator[Found]:
        """All that the object on line ``number`` holds. Raises BadInput where it is unreadable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing read. Exactly one of ``post``, ``deleted``, ``dead`` and ``skipped`` is set.

    ``number`` counts from 1: the line of the file (of a CSV record its first), the row of a Parquet
    file, or the element of a JSON array. ``part`` counts from 0 what that line holds, and ``last``
    marks the end of it. ``position`` is how many bytes of the file have been read, at most its size.
    ``ours`` is what the source says: True, the company spoke; False, it did not; None, not said.
    ``company`` is true where the source says that a company's account wrote it, whichever that is.
    """

    number: int
    part: int
    last: bool
    position: int
    post: Post | None = None
    deleted: str | None = None
    dead: DeadLetter | None = None
    skipped: SkipReason | None = None
    ours: bool | None = None
    company: bool = False
