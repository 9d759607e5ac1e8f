"""What every kind of frame can do."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from amends.terms import Post


class Gone(NamedTuple):
    """A post whose author removed it."""

    network: str
    id: str


class FrameKind(Protocol):
    """One shape of line, such as our own post lines or Jetstream's events.

    Most posts match nothing, so a line is read in two depths: ``texts`` for all of them, ``read``
    for those that may match.
    """

    name: str

    def texts(self, lines: Sequence[bytes]) -> list[str | None]:
        """What watches look through, for each line: the post's text and, on a line of its own, the
        text it quotes. None where a line holds no new post; ``read`` says why."""
        ...

    def read(self, line: bytes) -> Post | Gone | None:
        """All that the line says; None where it is about no post. Raises ``BadInput``."""
        ...
