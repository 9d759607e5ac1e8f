"""The demo network as a process of its own, which can be killed and started again."""

import sys
from typing import TYPE_CHECKING, Any

import httpx2

from tests.support.processes import LOOPBACK, answers, free_ports, start, stop, wait_until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

TOKEN = "kill-test"


class Network:
    """``amends demo serve`` on a port of its own, with nobody on it but those who sign up."""

    def __init__(self, folder: "Path") -> None:
        self._folder = folder
        (self.port,) = free_ports(1)
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._client = httpx2.Client(
            base_url=self.url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=30
        )
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._starts += 1
        command = [sys.executable, "-m", "amends", "demo", "serve"]
        command += ["--path", str(self._folder / "demo.sqlite3"), "--port", str(self.port)]
        command += ["--no-cast", "--control", "--token", TOKEN]
        self._process = start(command, log=self._folder / f"network-{self._starts}.log")
        wait_until(lambda: answers(self.port), seconds=30, what="the demo network")

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._client.close()
        if self._process is not None:
            stop(self._process)

    def do(self, verb: str, /, **body: object) -> Any:
        """One control verb; fails where the network refuses it."""
        answer = self._client.post(f"/control/{verb}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def posts(self) -> dict[str, dict[str, Any]]:
        """The public posts that are still there, by id."""
        return {post["id"]: post for post in self.do("posts")["posts"]}

    def sent(self, handle: str) -> list[dict[str, Any]]:
        """What an account has answered in public and written in private."""
        found = self.do("sent", handle=handle)
        return [*found["replies"], *found["messages"]]

    def messages(self, handle: str) -> dict[str, dict[str, Any]]:
        return {post["id"]: post for post in self.do("sent", handle=handle)["messages"]}
