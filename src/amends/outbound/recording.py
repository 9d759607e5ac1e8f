"""Keeping answers as they came, byte for byte, for whoever needs proof of what a network said."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import msgspec


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: how and where it was asked, and its body as it came (unpacked, otherwise untouched)."""

    method: str
    url: str
    status: int
    body: bytes


_RECORD: Final[ContextVar[list[Exchange] | None]] = ContextVar("amends_exchanges", default=None)


@contextmanager
def recorded() -> Iterator[list[Exchange]]:
    """Within the block, every answer that this task and those it starts get is put down, in order."""
    answers: list[Exchange] = []
    token = _RECORD.set(answers)
    try:
        yield answers
    finally:
        _RECORD.reset(token)


def note_exchange(method: str, url: str, status: int, body: bytes) -> None:
    """Put an answer down where somebody keeps a record."""
    answers = _RECORD.get()
    if answers is not None:
        answers.append(Exchange(method=method.upper(), url=url, status=status, body=body))
