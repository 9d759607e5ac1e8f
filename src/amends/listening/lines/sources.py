"""What ``amends listen`` can listen to, by how it is written."""

import random
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from amends.connectors.bluesky.settings import STREAM_HOSTS, StreamKind
from amends.listening.gathering import Sleep
from amends.listening.lines.files import check_file, file_lines, stdin_lines
from amends.listening.lines.lines import Lines
from amends.listening.lines.wires import HttpWire, JetstreamWire, SocketWire, Wire, kept_open
from amends.outbound import Outbound
from amends.terms import BadInput, Clock

_JETSTREAMS: Mapping[str, StreamKind] = {
    "jetstream": "jetstream-v1",
    "jetstream-v1": "jetstream-v1",
    "jetstream-v2": "jetstream-v2",
}


@dataclass(slots=True, kw_only=True)
class World:
    """What sources stand on. ``tell`` is given sentences for whoever runs the command; ``headers``
    go to HTTP and WebSocket addresses."""

    outbound: Outbound
    clock: Clock
    rng: random.Random
    sleep: Sleep
    tell: Callable[[str], None]
    headers: Mapping[str, str] = field(default_factory=dict)
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to listen to. ``live`` has no end of its own; ``open`` reads it from a place;
    ``kind`` is the kind of its frames where that is known beforehand."""

    name: str
    live: bool
    open: Callable[[str | None], AsyncGenerator[Lines]]
    kind: str | None = None


def source_of(text: str, world: World) -> Source:
    """The source that is written as ``text``. Raises ``BadInput`` where there is none."""
    if text == "-":
        return Source(text, live=False, open=lambda _: stdin_lines(text))
    if text == "bluesky":
        return _jetstream(text, "jetstream-v1", STREAM_HOSTS["jetstream-v1"], world)
    prefix, colon, rest = text.partition(":")
    if prefix in _JETSTREAMS and rest.startswith(("ws://", "wss://")):
        return _jetstream(text, _JETSTREAMS[prefix], rest, world)
    if colon and rest.startswith("//"):
        return Source(text, live=True, open=_opener(_wire(prefix, text, world), world))
    path = Path(text)
    check_file(path)
    return Source(
        text,
        live=world.follow,
        open=lambda place: file_lines(
            path, text, place, tell=world.tell, follow=world.follow, sleep=world.sleep
        ),
    )


def sources_of(texts: Sequence[str], world: World) -> list[Source]:
    """All of them. Raises ``BadInput`` for one given twice, or that there is not."""
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise BadInput(f"{twice} is given twice; give each source once.")
    return [source_of(text, world) for text in texts]


def _jetstream(text: str, kind: StreamKind, host: str, world: World) -> Source:
    wire = JetstreamWire(world.outbound, host, kind, source=text, clock=world.clock)
    return Source(text, live=True, open=_opener(wire, world), kind="jetstream")


def _wire(scheme: str, url: str, world: World) -> Wire:
    if scheme in ("http", "https"):
        return HttpWire(world.outbound, url, clock=world.clock, headers=world.headers)
    if scheme in ("ws", "wss"):
        return SocketWire(world.outbound, url, headers=world.headers)
    raise BadInput(
        f"{url} is no source; give a file, -, bluesky, jetstream:wss://HOST, https://ADDRESS or "
        "wss://ADDRESS."
    )


def _opener(wire: Wire, world: World) -> Callable[[str | None], AsyncGenerator[Lines]]:
    return lambda place: kept_open(
        wire, place, clock=world.clock, rng=world.rng, sleep=world.sleep, tell=world.tell
    )
