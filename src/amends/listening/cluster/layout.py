"""How frames lie in the broker: subjects, partitions, copies, limits."""

import re
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from amends.terms import BadInput

REMOVALS: Final = "removals"
"""The lane of frames that may remove posts; see ``worker``."""

_WORKERS: Final = "workers-"
_ODD = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The same for every receiver and worker of one desk.

    ``replicas`` is how many nodes keep each frame before a receiver is told so. ``ack_wait_s`` is how
    long a worker may be silent before its messages go to another. ``max_bytes`` (of compressed frames
    that nobody has worked) and ``max_age_s`` bound what the broker keeps.
    """

    name: str = "amends"
    partitions: int = 4
    replicas: int = 3
    ack_wait_s: float = 30.0
    max_bytes: int = 16 << 30
    max_age_s: float = 7 * 86_400.0

    @property
    def frames(self) -> str:
        """The stream of frames."""
        return f"{self.name}-frames"

    @property
    def cursors(self) -> str:
        """The stream that keeps the last cursor of each source."""
        return f"{self.name}-cursors"

    @property
    def lanes(self) -> tuple[str, ...]:
        """Partitions by name, and the lane of removals: one durable consumer each.

        What is published goes to one of these. A broker may have more, from when there were more.
        """
        return (*map(str, range(self.partitions)), REMOVALS)

    def subject(self, source: str, lane: str) -> str:
        """Where a message of ``source`` goes; ``*`` stands for every source."""
        return f"{self.name}.frames.{source}.{lane}"

    def cursor_subject(self, source: str) -> str:
        return f"{self.name}.cursors.{source}"

    def consumer(self, lane: str) -> str:
        """The durable name under which workers share a lane."""
        return _WORKERS + lane

    def lane_of_consumer(self, name: str) -> str | None:
        """The lane that is shared under that name; None where it is no name of ours."""
        return name.removeprefix(_WORKERS) if name.startswith(_WORKERS) else None

    def lane_of(self, body: bytes) -> str:
        """The partition of a message: the same whenever it is published again."""
        return str(crc32(body) % self.partitions)


def source_of_channel(channel: int, name: str) -> str:
    """How frames of a channel are marked; ``name`` tells its sources apart, such as a file's.

    Each source has a cursor of its own.
    """
    return f"{channel}-{_ODD.sub('_', name)[:48]}"


def channel_of_source(source: str) -> int:
    """The number of the channel that frames belong to. Raises ``BadInput``."""
    number, dash, _ = source.partition("-")
    if not (dash and number.isdecimal()):
        msg = f"{source[:80]!r} is no name of a source; it begins with its channel's number."
        raise BadInput(msg)
    return int(number)
