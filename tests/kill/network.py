"""The demo network as a process of its own, forked, which can be killed and started again."""

from typing import TYPE_CHECKING, Any

import httpx2

from tests.support.processes import LOOPBACK, answers, free_ports, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kill.desk import Zygote

TOKEN = "kill-test"


class Network:
    """``amends demo serve`` on a port of its own, with nobody on it but those who sign up."""

    def __init__(self, folder: "Path", zygote: "Zygote") -> None:
        self._folder, self._zygote = folder, zygote
        (self.port,) = free_ports(1)
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._client = httpx2.Client(
            base_url=self.url,
            headers={"authorization": f"Bearer {TOKEN}"},
            timeout=30,
            verify=False,  # only http is spoken: what is trusted need not be read
        )
        self._words = ["demo", "serve", "--path", str(folder / "demo.sqlite3")]
        self._words += ["--port", str(self.port), "--no-cast", "--control", "--token", TOKEN]
        self._process: int | None = None

    def start(self) -> None:
        self._process = self._zygote.ask("run", str(self._folder / "network.log"), self._words)
        wait_until(lambda: answers(self.port), seconds=30, what="the demo network")

    def kill(self) -> None:
        assert self._zygote.ask("kill", self._process) == 9
        self._process = None

    def close(self) -> None:
        self._client.close()
        if self._process is not None:
            self._zygote.ask("kill", self._process)

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
