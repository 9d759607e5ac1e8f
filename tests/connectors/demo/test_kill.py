"""The demo server is killed while it publishes: each reply is there once, or not at all."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from amends.terms import Author, ConnectorError, ReplyTarget
from tests.connectors.demo.worlds import BRAND, TOKEN, DemoWorld
from tests.support.processes import LOOPBACK, answers, free_ports, wait_until

KILLS = min(10, int(os.environ.get("AMENDS_KILLS", "20")) // 2 + 1)
PROGRAM = """
import sys
from pathlib import Path
from amends.connectors.demo.server import serve
from amends.terms import SystemClock
serve(Path(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), seed=1, cast=False,
      clock=SystemClock(), token=sys.argv[3])
"""


def start(path: Path, port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), str(port), TOKEN])
    wait_until(lambda: answers(port), seconds=20, what="the demo server")
    return process


async def publish_all(world: DemoWorld, target: ReplyTarget, keys: list[str]) -> None:
    """Try every key once; the server may die meanwhile."""
    connector = await world.connector()
    for key in keys:
        try:
            await connector.publish(key, target=target, attempt=key)
        except ConnectorError:
            await asyncio.sleep(0.01)


@pytest.mark.kill
async def test_a_killed_server_has_each_reply_once_or_not_at_all(tmp_path: Path) -> None:
    path, port, draw = tmp_path / "demo.sqlite3", free_ports(1)[0], random.Random(7)
    async with DemoWorld(path, url=f"http://{LOOPBACK}:{port}") as world:
        post = await world.post_as_customer("is late.", mention=True)
        target = ReplyTarget(author=Author(handle="maud"), post_id=post)
        keys: list[str] = []
        for number in range(KILLS):
            process = await asyncio.to_thread(start, path, port)
            fresh = [f"r{number}-{reply}" for reply in range(20)]
            sending = asyncio.create_task(publish_all(world, target, fresh))
            await asyncio.sleep(draw.uniform(0.01, 0.25))
            process.kill()
            await asyncio.to_thread(process.wait)
            await sending
            keys += fresh
        process = await asyncio.to_thread(start, path, port)
        await publish_all(world, target, keys)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 10) in (0, -15)
        assert sorted(reply.text for reply in world.demo.replies_by(BRAND)) == sorted(keys)
