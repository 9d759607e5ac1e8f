"""A Jetstream for the tests: the real PDS's firehose, turned into frames of v1 and of v2."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.processes import LOOPBACK, free_ports

Json = dict[str, Any]


async def commits(firehose: str) -> AsyncGenerator[Json, None]:
    """Every operation since the network began, in the words both versions share."""
    # Late: the SDK takes long to load, and most runs of the tests never come here.
    from atproto_core.car import CAR
    from atproto_core.cid import CID
    from atproto_subscription.frames import Frame

    url = f"{firehose}/xrpc/com.atproto.sync.subscribeRepos?cursor=0"
    async with connect(url, max_size=None, proxy=None, close_timeout=0.1) as socket:
        async for raw in socket:
            frame = Frame.from_bytes(raw)
            body = frame.body
            if getattr(frame, "type", None) != "#commit":
                continue
            records = CAR.from_bytes(body["blocks"]).blocks
            for number, op in enumerate(body["ops"]):
                collection, _, rkey = op["path"].partition("/")
                at = {"seq": body["seq"] * 10 + number, "time": body["time"], "did": body["repo"]}
                shared = {"rev": body["rev"], "collection": collection, "rkey": rkey}
                found = {}
                if op["cid"]:
                    cid = CID.from_decoded_bytes(op["cid"])
                    found = {"cid": str(cid), "record": records[cid]}
                yield at | shared | {"operation": op["action"]} | found


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
    async with aclosing(commits(firehose)) as operations:
        async for commit in operations:
            frame = as_v1(commit) if first else as_v2(commit)
            # Version 2 takes large cursors for times as well.
            at = as_v1(commit)["time_us"] if first or since >= 10**15 else commit["seq"]
            if at >= since and (not wanted or commit["collection"] in wanted):
                await socket.send(json.dumps(frame, default=str))


@asynccontextmanager
async def jetstream(firehose: str) -> AsyncIterator[str]:
    """Serve both versions in this loop; yields the address (``ws://...``, no path)."""
    (port,) = free_ports(1)
    serving: set[asyncio.Task[None]] = set()

    async def handle(socket: ServerConnection) -> None:
        task = asyncio.create_task(_serve(firehose, socket))
        serving.add(task)
        with suppress(ConnectionClosed, asyncio.CancelledError):
            await task

    spoken = [Subprotocol("xrpc.v1.json")]
    server = await serve(
        handle,
        LOOPBACK,
        port,
        close_timeout=0.1,
        subprotocols=spoken,
        select_subprotocol=lambda _, offered: spoken[0] if spoken[0] in offered else None,
    )
    try:
        yield f"ws://{LOOPBACK}:{port}"
    finally:
        # The firehose never ends, and with it no task would.
        for task in serving:
            task.cancel()
        server.close()
        await server.wait_closed()
