"""A Jetstream for the tests: the real PDS's firehose, turned into frames of v1 and of v2."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from atproto_core.car import CAR
from atproto_subscription.frames import Frame
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.support.processes import LOOPBACK, free_ports

Json = dict[str, Any]


async def commits(firehose: str) -> AsyncIterator[Json]:
    """Every operation since the network began, in the words both versions share."""
    url = f"{firehose}/xrpc/com.atproto.sync.subscribeRepos?cursor=0"
    async with connect(url, max_size=None, proxy=None) as socket:
        async for raw in socket:
            frame = Frame.from_bytes(raw)
            body = frame.body
            if getattr(frame, "type", None) != "#commit":
                continue
            records = {
                str(cid): block for cid, block in CAR.from_bytes(body["blocks"]).blocks.items()
            }
            for number, op in enumerate(body["ops"]):
                collection, _, rkey = op["path"].partition("/")
                at = {"seq": body["seq"] * 10 + number, "time": body["time"], "did": body["repo"]}
                shared = {"rev": body["rev"], "collection": collection, "rkey": rkey}
                found = {"cid": str(op["cid"]), "record": records.get(str(op["cid"]))}
                yield at | shared | {"operation": op["action"]} | (found if op["cid"] else {})


def as_v1(commit: Json) -> Json:
    kept = {name: commit[name] for name in commit if name not in ("seq", "time", "did")}
    micros = int(datetime.fromisoformat(commit["time"]).timestamp() * 1_000) * 1_000
    # A commit's operations share a time; Jetstream never gives one twice.
    micros += commit["seq"] % 1_000
    return {"did": commit["did"], "time_us": micros, "kind": "commit", "commit": kept}


def as_v2(commit: Json) -> Json:
    kind = "network.bsky.jetstream.subscribeEvents#commit"
    return {"$type": "message", "payload": {"$type": kind} | commit}


async def _serve(firehose: str, socket: ServerConnection) -> None:
    place = urlsplit(socket.request.path if socket.request else "")
    asked = parse_qs(place.query)
    first = place.path == "/subscribe"
    wanted = asked.get("wantedCollections" if first else "collections")
    since = int(asked.get("cursor", ["0"])[0])
    if not first and since == 1:  # a sequence number that is no longer kept
        await socket.send(json.dumps({"$type": "error", "error": "CursorTooOld"}))
        return
    async for commit in commits(firehose):
        frame = as_v1(commit) if first else as_v2(commit)
        at = frame["time_us"] if first else commit["seq"]
        if at >= since and (not wanted or commit["collection"] in wanted):
            await socket.send(json.dumps(frame, default=str))


@contextmanager
def jetstream(firehose: str) -> Iterator[str]:
    """Serve both versions in a thread; yields the address (``ws://...``, no path)."""
    (port,) = free_ports(1)
    ready, stopping = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def handle(socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await _serve(firehose, socket)

    async def run() -> None:
        async with serve(handle, LOOPBACK, port):
            ready.set()
            await stopping.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield f"ws://{LOOPBACK}:{port}"
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(10)
        loop.close()
