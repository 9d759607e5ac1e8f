"""What we ask of a server is what Mastodon's own documentation describes."""

import json
import re
from typing import Any

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mastodon import MAUD, FakeMastodon, connector
from amends.bench.faults.serving import Asked, Fault, Said, running
from amends.connectors.mastodon.oauth import SignIn
from amends.terms import Author, ConnectorError, ReplyTarget
from tests.support.shared import shared

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found = json.loads(shared("specs/mastodon-openapi.json").read_bytes())
    return dict(found)


def operation(described: dict[str, Any], asked: Asked) -> dict[str, Any] | None:
    """The description of a request; a path without a parameter in it goes first."""
    for path in sorted(described["paths"], key=lambda one: one.count("{")):
        shape = re.sub(r"\{[^}]+\}", "[^/]+", path)
        if re.fullmatch(shape, asked.path) and asked.method.lower() in described["paths"][path]:
            return dict(described["paths"][path][asked.method.lower()])
    return None


def undescribed(described: dict[str, Any], asked: Asked) -> list[str]:
    """What of a request the documentation does not know."""
    known = operation(described, asked)
    if known is None:
        return [f"{asked.method} {asked.path}"]
    names = {one["name"] for one in known.get("parameters", []) if "name" in one}
    sent = {name.removesuffix("[]") for name in asked.query}
    if asked.headers.get("content-type", "") == "application/json":
        names |= properties(described, known.get("requestBody", {}))
        sent |= set(asked.json)
    return [f"{asked.method} {asked.path} {name}" for name in sorted(sent - names)]


def properties(described: dict[str, Any], value: Any) -> set[str]:
    """The names of all properties a body may have, whichever form it takes."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found |= set(one.get("properties", {}))
            if "$ref" in one:
                waiting.append(described["components"]["schemas"][one["$ref"].split("/")[-1]])
            waiting += [part for name, part in one.items() if name != "properties"]
        elif isinstance(one, list):
            waiting += one
    return found


async def test_every_request_is_as_documented(described: dict[str, Any]) -> None:
    fake = FakeMastodon(HandClock())
    async with running(fake) as url:
        ours = connector(fake, hashtags="acme", lists="4", public="local")
        to = ReplyTarget(author=Author(id=str(MAUD["id"])), post_id=fake.add("@brindlewing help"))
        app = Said(200, {"client_id": "c", "client_secret": "s"})
        media = Said(200, {"id": "m1", "url": "https://files.example/1.png"})
        fake.fail(Fault(before=app), when=lambda asked: asked.path.endswith("/apps"))
        fake.fail(Fault(before=media), when=lambda asked: asked.path.endswith("/media"))
        await SignIn(url, fake.outbound, fake.clock).register(website="https://a.example")
        for source in ours.sources([]):
            await ours.fetch(source, None)
        await ours.check()
        await ours.author("maud@far.example")
        attached = await ours.upload(b"\x89PNG", kind="image/png", alt="A suitcase")
        made = await ours.publish("Sorry.", target=to, attempt="a1", media=[attached])
        await ours.message("Hello.", target=to, attempt="m1")
        await ours.look_up("a1", text="Never said", target=to, private=False)
        await ours.thread(made.id)
        await ours.revisit([made.id, "gone"])
        await ours.delete(made.id)
        with pytest.raises(ConnectorError):
            await ours.author("nobody")
    unknown = [said for asked in fake.seen for said in undescribed(described, asked)]
    assert (unknown, len(fake.seen) > 20) == ([], True)
