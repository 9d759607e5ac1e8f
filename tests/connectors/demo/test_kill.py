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
from tests.kill.desk import Zygote
from tests.support.processes import LOOPBACK, answers, free_ports, wait_until

KILLS = min(10, int(os.environ.get("AMENDS_KILLS", "20")) // 4 + 1)
EACH = 10  # replies that are on their way when it is killed, or come too late


class Server:
    """``amends demo serve``: started as people do, or forked."""

    def __init__(self, path: Path, port: int, zygote: Zygote) -> None:
        self._words = ["demo", "serve", "--path", str(path), "--port", str(port)]
        self._words += ["--no-cast", "--token", TOKEN]
        self._port, self._zygote = port, zygote

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "amends", *self._words])
        self._wait()
        return process

    def fork(self) -> int:
        pid: int = self._zygote.ask("run", str(self._zygote.log), self._words)
        self._wait()
        return pid

    def kill(self, pid: int) -> None:
        assert self._zygote.ask("kill", pid) == 9

    def _wait(self) -> None:
        wait_until(lambda: answers(self._port), seconds=20, what="the demo server")


async def publish_all(world: DemoWorld, target: ReplyTarget, keys: list[str]) -> None:
    """Try every key once; the server may die meanwhile."""
    connector = await world.connector()
    for key in keys:
        try:
            await connector.publish(key, target=target, attempt=key)
        except ConnectorError:
            await asyncio.sleep(0.01)


@pytest.mark.kill
async def test_a_killed_server_has_each_reply_once_or_not_at_all(
    tmp_path: Path, zygote: Zygote
) -> None:
    path, port, draw = tmp_path / "demo.sqlite3", free_ports(1)[0], random.Random(7)
    server = Server(path, port, zygote)
    async with DemoWorld(path, url=f"http://{LOOPBACK}:{port}") as world:
        post = await world.post_as_customer("is late.", mention=True)
        target = ReplyTarget(author=Author(handle="maud"), post_id=post)
        keys: list[str] = []
        for number in range(KILLS):
            pid = await asyncio.to_thread(server.fork)
            fresh = [f"r{number}-{reply}" for reply in range(EACH)]
            sending = asyncio.create_task(publish_all(world, target, fresh))
            await asyncio.sleep(draw.uniform(0.01, 0.1))
            await asyncio.to_thread(server.kill, pid)
            await sending
            keys += fresh
        process = await asyncio.to_thread(server.start)
        await publish_all(world, target, keys)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 10) in (0, -15)
        assert sorted(reply.text for reply in world.demo.replies_by(BRAND)) == sorted(keys)
