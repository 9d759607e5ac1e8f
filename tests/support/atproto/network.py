"""The real AT Protocol network on loopback: PLC, PDS and AppView, with a stand-in for chat."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.atproto.chat import ChatServer, ChatService
from tests.support.postgres import missing_postgres, postgres_server
from tests.support.processes import (
    LOOPBACK,
    answers,
    free_ports,
    program,
    start,
    stop,
    wait_until,
)
from tests.support.require import need

TESTNET = Path(__file__).resolve().parents[3] / "tools" / "testnet"


@dataclass(frozen=True)
class AtNetwork:
    """Addresses of a running network. ``firehose`` is the PDS's own stream of commits."""

    plc: str
    pds: str
    appview: str
    firehose: str
    chat_did: str
    chat: ChatService


def missing_network() -> str | None:
    """What keeps the network from starting here, as one sentence; None where it can."""
    if shutil.which("node") is None:
        return "Node.js is not installed, so there is no AT Protocol network to test against."
    if not (TESTNET / "node_modules" / ".amends-installed").exists():
        return "The AT Protocol test network is not installed; run tools/testnet/install."
    if program("redis-server", "/usr/sbin", "/usr/bin") is None:
        return "Redis is not installed; install Debian's redis-server."
    return missing_postgres()


@contextmanager
def at_protocol_network() -> Iterator[AtNetwork]:
    """Start everything; skips where a part is missing (see ``need``, part ``atproto``)."""
    need("atproto", missing_network())
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="amends-at-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = stack.enter_context(postgres_server())
        redis = stack.enter_context(_redis(folder))
        chat = ChatServer()
        stack.callback(chat.stop)
        ready = stack.enter_context(_network(folder, database, redis, chat.url))
        chat.service.did = ready["chatDid"]
        yield AtNetwork(
            plc=ready["plc"],
            pds=ready["pds"],
            appview=ready["appview"],
            firehose=ready["pds"].replace("http", "ws", 1),
            chat_did=ready["chatDid"],
            chat=chat.service,
        )


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    (port,) = free_ports(1)
    command = ["redis-server", "--port", str(port), "--bind", LOOPBACK]
    command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = start(command, log=folder / "redis.log")
    try:
        wait_until(lambda: answers(port), seconds=10, what="Redis")
        yield f"{LOOPBACK}:{port}"
    finally:
        stop(server)


@contextmanager
def _network(folder: Path, database: str, redis: str, chat: str) -> Iterator[dict[str, str]]:
    names = ("PLC_PORT", "PDS_PORT", "BSKY_PORT", "OZONE_PORT")
    ports = {name: str(port) for name, port in zip(names, free_ports(4), strict=True)}
    scratch = folder / "tmp"
    scratch.mkdir()
    settings = ports | {
        "FULL": "1",
        "DB_POSTGRES_URL": database,
        "REDIS_HOST": redis,
        "CHAT_URL": chat,
        "TMPDIR": str(scratch),
        "NODE_ENV": "test",
    }
    log = folder / "network.log"
    server = start(["node", str(TESTNET / "testnet.mjs")], log=log, env=os.environ | settings)
    try:
        wait_until(lambda: _ready(server, log) is not None, seconds=120, what="The network")
        yield _ready(server, log) or {}
    finally:
        stop(server)


def _ready(server: subprocess.Popen[bytes], log: Path) -> dict[str, str] | None:
    """The line that the network prints when it is ready; ``RuntimeError`` where it ended."""
    said = log.read_text(errors="replace")
    if server.poll() is not None:
        msg = f"The test network ended with {server.returncode}: {said[-2000:]}"
        raise RuntimeError(msg)
    for line in said.splitlines(keepends=True):
        if line.startswith('{"ready":true') and line.endswith("\n"):
            ready: dict[str, str] = json.loads(line)
            return ready
    return None
