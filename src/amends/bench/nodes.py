"""Three brokers on loopback, each route between them through a wire that can be cut.

For benchmarks and tests: real servers, killed and cut off as in life, which need not be installed as
a service.
"""

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from typing import Any, Final

from amends.terms import BadInput

LOOPBACK: Final = "127.0.0.1"
SERVER: Final = "nats-server"


def missing_nats() -> str | None:
    """What keeps a broker from starting here, as one sentence; None where it can."""
    if shutil.which(SERVER) is None:
        return "nats-server is not installed; install Debian's nats-server."
    return None


def free_ports(count: int) -> list[int]:
    """Ports of loopback that were free a moment ago, all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for sock in held:
            sock.bind((LOOPBACK, 0))
        return [int(sock.getsockname()[1]) for sock in held]
    finally:
        for sock in held:
            sock.close()


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Ask every 50 ms; raise ``BadInput`` naming ``what`` once ``seconds`` have passed."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            msg = f"{what} was not ready within {seconds:.0f} s."
            raise BadInput(msg)
        time.sleep(0.05)


class Wires:
    """TCP from port to port on loopback. A cut wire stays open and carries nothing, as a cable
    pulled somewhere between two routers does: either end must find out by itself."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._whole: dict[str, asyncio.Event] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="wires", daemon=True)
        self._thread.start()

    def lay(self, name: str, port: int, to_port: int) -> None:
        """Carry what comes in at ``port`` to ``to_port`` and back."""
        self._do(self._lay(name, port, to_port))

    def cut(self, names: Iterable[str]) -> None:
        for name in names:
            self._loop.call_soon_threadsafe(self._whole[name].clear)

    def mend(self, names: Iterable[str]) -> None:
        for name in names:
            self._loop.call_soon_threadsafe(self._whole[name].set)

    def close(self) -> None:
        async def end() -> None:
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0.05)

        self._do(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _lay(self, name: str, port: int, to_port: int) -> None:
        whole = self._whole[name] = asyncio.Event()
        whole.set()

        async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await whole.wait()
            try:
                far_reader, far_writer = await asyncio.open_connection(LOOPBACK, to_port)
            except OSError:  # that node is down
                writer.close()
                return
            both = (_carry(reader, far_writer, whole), _carry(far_reader, writer, whole))
            with suppress(asyncio.CancelledError):  # by ``close``, not a fault to be told
                await asyncio.gather(*both)

        await asyncio.start_server(join, LOOPBACK, port)


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, whole: asyncio.Event
) -> None:
    try:
        while data := await reader.read(1 << 16):
            await whole.wait()
            writer.write(data)
            await writer.drain()
    except OSError:  # one end was killed
        pass
    finally:
        writer.close()


class Nodes:
    """Brokers named n1, n2, n3, with their files in ``folder``: a cluster where there are several."""

    def __init__(self, folder: Path, count: int = 3) -> None:
        refused = missing_nats()
        if refused is not None:
            raise BadInput(refused)
        self.names = [f"n{number}" for number in range(1, count + 1)]
        pairs = list(permutations(self.names, 2))
        ports = free_ports(3 * count + len(pairs))
        self._ports = dict(zip(self.names, ports[:count], strict=True))
        self._routes = dict(zip(self.names, ports[count : 2 * count], strict=True))
        self._monitors = dict(zip(self.names, ports[2 * count : 3 * count], strict=True))
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.wires = Wires()
        for (one, other), port in zip(pairs, ports[3 * count :], strict=True):
            self.wires.lay(f"{one}-{other}", port, self._routes[other])
            (folder / f"{one}-{other}.port").write_text(str(port))
        for name in self.names:
            self._write(name)

    @property
    def addresses(self) -> list[str]:
        return [f"nats://{LOOPBACK}:{self._ports[name]}" for name in self.names]

    def start(self, *names: str) -> None:
        """Start nodes, all where none is named."""
        for name in names or self.names:
            with (self._folder / f"{name}.log").open("ab") as log:
                command = [SERVER, "-c", str(self._folder / f"{name}.conf")]
                self._running[name] = subprocess.Popen(  # noqa: S603 (our own arguments)
                    command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
                )

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut to that process."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def cut(self, one: str, other: str) -> None:
        """Nothing passes between two nodes; each still reaches the third."""
        self.wires.cut([f"{one}-{other}", f"{other}-{one}"])

    def mend(self, one: str, other: str) -> None:
        self.wires.mend([f"{one}-{other}", f"{other}-{one}"])

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def pids(self) -> list[int]:
        return [process.pid for process in self._running.values()]

    def stream(self, name: str) -> dict[str, Any] | None:
        """What the node that leads a stream says of it; None where no node leads it."""
        for port in self._live():
            for one in _asked(port, name).get("stream_detail") or ():
                cluster = one.get("cluster") or {}
                if one["name"] == name and self._monitors.get(cluster.get("leader") or "") == port:
                    found: dict[str, Any] = one
                    return found
        return None

    def consumers(self, stream: str) -> list[dict[str, Any]]:
        """What the nodes that lead the stream's consumers say of them."""
        return [
            consumer
            for port in self._live()
            for one in _asked(port, stream).get("stream_detail") or ()
            for consumer in one.get("consumer_detail") or ()
            if self._monitors.get((consumer.get("cluster") or {}).get("leader") or "") == port
        ]

    def told(self, stream: str) -> dict[str, Any]:
        """All that each node says of a stream and its consumers."""
        return {name: _asked(self._monitors[name], stream) for name in self._running}

    def _live(self) -> list[int]:
        return [self._monitors[name] for name in self._running]

    def close(self) -> None:
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()
        self._running.clear()
        self.wires.close()

    def _write(self, name: str) -> None:
        others = [other for other in self.names if other != name]
        routes = [(self._folder / f"{name}-{other}.port").read_text() for other in others]
        alone = not others
        listed = ", ".join(f'"nats-route://{LOOPBACK}:{port}"' for port in routes)
        (self._folder / f"{name}.conf").write_text(
            (CONF if alone else CONF + CLUSTER).format(
                name=name,
                port=self._ports[name],
                monitor=self._monitors[name],
                route_port=self._routes[name],
                routes=listed,
                folder=self._folder / name,
            )
        )


def _asked(port: int, stream: str) -> dict[str, Any]:
    """A node's own account of its streams; nothing where it does not answer."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as sock:
            request = "GET /jsz?accounts=true&streams=true&consumers=true&config=false HTTP/1.0"
            sock.sendall(f"{request}\r\n\r\n".encode())
            answer = b"".join(iter(lambda: sock.recv(1 << 16), b""))
    except OSError:
        return {}
    accounts = json.loads(answer.partition(b"\r\n\r\n")[2] or b"{}").get("account_details") or ()
    details = [one for account in accounts for one in account.get("stream_detail") or ()]
    return {"stream_detail": [one for one in details if one["name"] == stream]}


# An address that nobody answers is advertised: routes found by hearsay would go round the wires.
CONF: Final = """\
server_name: {name}
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitor}"
jetstream {{ store_dir: "{folder}", max_mem: 64MB, max_file: 20GB }}
ping_interval: "1s"
ping_max: 2
write_deadline: "5s"
"""
CLUSTER: Final = """\
cluster {{
  name: amends
  listen: "127.0.0.1:{route_port}"
  advertise: "127.0.0.1:1"
  no_advertise: true
  routes: [{routes}]
}}
"""
