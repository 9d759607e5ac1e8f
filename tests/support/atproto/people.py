"""People on the test network, who use it by plain HTTP: the other client that checks on ours."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx

from amends.outbound.transports import trust
from tests.support.atproto.network import AtNetwork

POSTS = "app.bsky.feed.post"
Json = dict[str, Any]
T = TypeVar("T")


def eventually(ask: Callable[[], T], *, seconds: float = 15, what: str) -> T:
    """Ask until the answer is true: the AppView indexes a moment after the PDS has answered."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > end:
            msg = f"Not within {seconds:.0f} s: {what}"
            raise TimeoutError(msg)
        time.sleep(0.1)
    return answer


class Person:
    """An account of its own, known to the AppView. ``handle`` begins with ``name``."""

    def __init__(self, network: AtNetwork, name: str) -> None:
        self._network = network
        self.handle = f"{name}-{secrets.token_hex(4)}.test"
        self.password = secrets.token_hex(8)
        self._token = ""
        given = {"handle": self.handle, "email": f"{self.handle}@example.invalid"}
        made = self.call("com.atproto.server.createAccount", given | {"password": self.password})
        self.did, self._token = str(made["did"]), str(made["accessJwt"])
        network.chat.handles[self.did] = self.handle
        eventually(self._is_indexed, what=f"the profile of {self.handle}")

    def app_password(self) -> str:
        """A password for a program, as a channel is connected with."""
        given = {"name": secrets.token_hex(4), "privileged": True}
        made = self.call("com.atproto.server.createAppPassword", given)
        return str(made["password"])

    def post(
        self,
        text: str,
        *,
        mention: "Person | None" = None,
        reply_to: str | None = None,
        quote: str | None = None,
    ) -> str:
        """Post, and say under which address. ``@NAME`` in ``text`` is where ``mention`` goes."""
        record = self.record(text, mention=mention)
        if reply_to is not None:
            parent = self.view(reply_to)
            root = parent["record"].get("reply", {}).get("root")
            strong = {"uri": parent["uri"], "cid": parent["cid"]}
            record["reply"] = {"root": root or strong, "parent": strong}
        if quote is not None:
            quoted = self.view(quote)
            strong = {"uri": quoted["uri"], "cid": quoted["cid"]}
            record["embed"] = {"$type": "app.bsky.embed.record", "record": strong}
        return self.create(record)

    def record(self, text: str, *, mention: "Person | None" = None) -> Json:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record: Json = {"$type": POSTS, "text": text, "createdAt": now, "langs": ["en"]}
        if mention is not None:
            record["text"] = text = text.replace("@NAME", f"@{mention.handle}")
            start = len(text[: text.index(f"@{mention.handle}")].encode())
            end = start + len(mention.handle) + 1
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": mention.did}
            index = {"byteStart": start, "byteEnd": end}
            record["facets"] = [{"index": index, "features": [feature]}]
        return record

    def create(self, record: Json) -> str:
        """Store a record as it is; waits until the AppView shows it."""
        given = {"repo": self.did, "collection": POSTS, "record": record}
        uri = str(self.call("com.atproto.repo.createRecord", given)["uri"])
        self.view(uri)
        return uri

    def edit(self, uri: str, text: str) -> None:
        key = uri.rpartition("/")[2]
        given: Json = {"repo": self.did, "collection": POSTS, "rkey": key}
        self.call("com.atproto.repo.putRecord", given | {"record": self.record(text)})

    def delete(self, uri: str) -> None:
        given = {"repo": self.did, "collection": POSTS, "rkey": uri.rpartition("/")[2]}
        self.call("com.atproto.repo.deleteRecord", given)

    def view(self, uri: str) -> Json:
        """A post as the AppView shows it."""

        def ask() -> Json | None:
            posts = self.ask("app.bsky.feed.getPosts", uris=[uri])["posts"]
            return posts[0] if posts else None

        found = eventually(ask, what=f"the AppView shows {uri}")
        assert found is not None
        return found

    def replies(self, uri: str) -> list[Json]:
        """The posts under a post, as the thread shows them, oldest first."""
        thread = self.ask("app.bsky.feed.getPostThread", uri=uri, depth=100)["thread"]
        waiting, found = list(thread.get("replies", [])), []
        while waiting:
            node = waiting.pop()
            if "post" in node:
                found.append(node["post"])
                waiting.extend(node.get("replies", []))
        return sorted(found, key=lambda post: str(post["record"]["createdAt"]))

    def ask(self, method: str, **params: Any) -> Json:
        return self._answer(self._http("GET", method, params=params))

    def call(self, method: str, data: Json) -> Json:
        return self._answer(self._http("POST", method, json=data))

    def _http(self, verb: str, method: str, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        url = f"{self._network.pds}/xrpc/{method}"
        with httpx.Client(trust_env=False, timeout=20, verify=trust()) as client:
            return client.request(verb, url, headers=headers, **more)

    def _answer(self, response: httpx.Response) -> Json:
        if response.status_code != httpx.codes.OK:
            msg = f"{response.url.path}: {response.status_code} {response.text}"
            raise AssertionError(msg)
        answer: Json = response.json() if response.content else {}
        return answer

    def _is_indexed(self) -> bool:
        url = "app.bsky.actor.getProfile"
        return self._http("GET", url, params={"actor": self.did}).status_code == httpx.codes.OK
