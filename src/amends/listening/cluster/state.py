"""How the cluster stands, in numbers and in words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from amends.listening.cluster.broker import Broker
from amends.listening.cluster.layout import REMOVALS

BEHIND = timedelta(minutes=1)


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """A node's copy of the frames; ``behind`` counts what it lacks."""

    node: str
    leads: bool
    current: bool
    behind: int


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """A partition, or the removals. All but ``name`` and ``leader`` count messages, ``workers``
    the requests that wait for some."""

    name: str
    leader: str
    waiting: int
    at_work: int
    again: int
    workers: int


class State(msgspec.Struct, frozen=True, kw_only=True):
    """``messages`` are not done, as those who hand them out count; ``oldest`` is when the oldest that lies in the
    stream was stored, None where all are done."""

    messages: int
    size: int  # bytes, compressed
    most: int  # bytes that are allowed
    oldest: datetime | None
    copies: tuple[Copy, ...]
    lanes: tuple[Lane, ...]
    cursors: dict[str, str]


async def look(broker: Broker) -> State:
    """How the cluster stands now. Raises ``BrokerAway`` where nobody knows."""
    layout = broker.layout
    stream = await broker.ask(f"STREAM.INFO.{layout.frames}")
    lanes = [
        _lane(lane, await broker.ask(f"CONSUMER.INFO.{layout.frames}.{layout.consumer(lane)}"))
        for lane in await broker.lanes()
    ]
    state = stream["state"]
    messages = sum(lane.waiting + lane.at_work for lane in lanes)
    oldest = (
        msgspec.convert(state["first_ts"], datetime) if messages and state["messages"] else None
    )
    return State(
        messages=messages,
        size=state["bytes"],
        most=layout.max_bytes,
        oldest=oldest,
        copies=tuple(_copies(stream.get("cluster"))),
        lanes=tuple(lanes),
        cursors=await broker.cursors(),
    )


def sentences(state: State, *, now: datetime) -> list[str]:
    """What a person should know, worst first; one sentence where all is well."""
    said = [
        *_about_copies(state),
        *_about_room(state),
        *_about_lag(state, now),
        *_about_lanes(state),
    ]
    return said or ["All is well: every node has its copy, and workers keep up."]


def table(state: State) -> str:
    """The lanes, a line each, under a head."""
    rows: list[tuple[str, ...]] = [("lane", "waiting", "at work", "again", "workers", "leader")]
    rows += [
        (one.name, *map(str, (one.waiting, one.at_work, one.again, one.workers)), one.leader)
        for one in state.lanes
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _about_copies(state: State) -> Iterator[str]:
    if not any(one.leads for one in state.copies):
        yield "No node leads: more than half of them must reach each other. Nothing is received."
    for one in state.copies:
        if not one.current:
            yield f"Node {one.node} lacks {one.behind:,} changes; frames lie on the others."


def _about_room(state: State) -> Iterator[str]:
    if state.size > state.most * 0.8:
        part = 100 * state.size / state.most
        yield (
            f"The broker is {part:.0f} % full of frames that nobody has worked; start more workers."
            " When it is full, receivers wait."
        )


def _about_lag(state: State, now: datetime) -> Iterator[str]:
    if state.oldest is not None and now - state.oldest > BEHIND:
        minutes = (now - state.oldest) / timedelta(minutes=1)
        waiting = f"{state.messages:,} messages wait"
        yield f"Workers are {minutes:.0f} min behind ({waiting}); start more."


def _about_lanes(state: State) -> Iterator[str]:
    lost = [one.name for one in state.lanes if not one.workers and not one.at_work]
    if lost:
        which = "any lane" if len(lost) == len(state.lanes) else f"lane {', '.join(lost)}"
        yield f"No worker asks for {which}; run amends cluster work."
    for one in state.lanes:
        if one.again and one.name != REMOVALS:
            yield f"Lane {one.name}: {one.again:,} messages were handed out again."


def _lane(name: str, info: dict[str, Any]) -> Lane:
    return Lane(
        name=name,
        leader=(info.get("cluster") or {}).get("leader", ""),
        waiting=info["num_pending"],
        at_work=info["num_ack_pending"],
        again=info["num_redelivered"],
        workers=info["num_waiting"],
    )


def _copies(cluster: dict[str, Any] | None) -> Iterator[Copy]:
    if cluster is None:  # a broker by itself, without others to copy to
        yield Copy(node="the only one", leads=True, current=True, behind=0)
        return
    if cluster.get("leader"):
        yield Copy(node=cluster["leader"], leads=True, current=True, behind=0)
    for one in cluster.get("replicas") or ():
        current = bool(one.get("current")) and not one.get("offline")
        yield Copy(node=one["name"], leads=False, current=current, behind=one.get("lag", 0))
