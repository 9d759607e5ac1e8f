"""How many events a second are translated: ``python -m tests.connectors.speed``."""

import json
import time
from collections.abc import Callable

import msgspec

from amends.connectors.mastodon.events import read_frame
from amends.connectors.x.translate import Includes, read_post


def figures() -> None:
    """Events a second of CPU time, best of five."""
    account = {"id": "7", "acct": "maud@far.example", "note": "<p>Gardener</p>"}
    content = '<p><span class="h-card"><a href="https://near.example/@b" class="u-url mention">@<span>b</span></a></span> my case is in pieces, see <a href="https://photos.example/1" rel="nofollow"><span class="invisible">https://</span>photos.example/1</a></p>'
    status = {"id": "1", "content": content, "account": account, "visibility": "public",
              "created_at": "2026-03-02T09:00:00Z"}  # fmt: skip
    frame = json.dumps({"stream": ["public"], "event": "update", "payload": json.dumps(status)})
    post = {"id": "1", "text": "my case is in pieces https://t.co/1", "author_id": "2",
            "created_at": "2026-03-02T09:00:00Z", "conversation_id": "1",
            "entities": {"urls": [{"expanded_url": "https://photos.example/1"}]}}  # fmt: skip
    users = {"users": [{"id": "2", "username": "maud", "name": "Maud"}]}
    line = json.dumps({"data": post, "includes": users})
    ways: dict[str, Callable[[], object]] = {
        "mastodon": lambda: read_frame(frame),
        "x": lambda: _x(line),
    }
    for name, read in ways.items():
        best = min(_seconds(read) for _ in range(5))
        print(f"{name}: {10_000 / best:,.0f} events a second")  # noqa: T201


def _x(line: str) -> object:
    value = msgspec.json.decode(line)
    return read_post(value["data"], Includes(value["includes"]))


def _seconds(read: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(10_000):
        read()
    return time.process_time() - began


if __name__ == "__main__":
    figures()
