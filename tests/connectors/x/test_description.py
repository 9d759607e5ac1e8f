"""X's own description of its API: what the fake answers, what we send, and its sample events."""

import json
from typing import Any

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.x import MAUD, FakeX, connector
from amends.bench.faults.serving import Asked, Said
from amends.connectors.x.activity import ENCRYPTED, read_events
from amends.connectors.x.webhook import Inbox, challenge_answer
from amends.terms import Author, ReplyTarget
from tests.support.shared import shared

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def described() -> Any:
    openapi = pytest.importorskip("openapi_core", reason="openapi-core is not installed")
    description = json.loads(shared("specs/x-api-v2-openapi.json").read_bytes())
    for path in description["paths"].values():
        for operation in path.values():
            operation.pop("security", None)  # the checker knows no OAuth
    # The description is X's; checking it again takes longer than all the rest.
    return openapi.OpenAPI.from_dict(description, config=openapi.Config(spec_validator_cls=None))


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    found = json.loads(shared("specs/x-samples.json").read_bytes())
    return dict(found["samples"])


def check(described: Any, asked: Asked, said: Said) -> None:
    from openapi_core.testing import MockRequest, MockResponse

    request = MockRequest(
        "https://api.x.com",
        asked.method,
        asked.path,
        args={name: values[0] for name, values in asked.query.items()},
        headers={"Authorization": asked.headers["authorization"]},
        data=asked.body or None,
        content_type=asked.headers.get("content-type", ""),
    )
    described.validate_request(request)
    # The live API answers 201 where rules are added; the description says 200.
    status = 200 if asked.path.endswith("/rules") else said.status
    answer = MockResponse(json.dumps(said.body).encode(), status_code=status)
    described.validate_response(request, answer)


class Checked(FakeX):
    """A fake that keeps what it answered."""

    def __init__(self) -> None:
        super().__init__(HandClock())
        self.said: list[tuple[Asked, Said]] = []

    def handle(self, asked: Asked) -> Said:
        said = super().handle(asked)
        if said.stream is None:
            self.said.append((asked, said))
        return said


async def test_all_that_is_asked_and_answered_is_as_described(described: Any) -> None:
    from amends.bench.faults.serving import running

    fake = Checked()
    async with running(fake):
        ours = connector(fake)
        target = ReplyTarget(author=Author(id=MAUD["id"]), post_id=fake.add("@brindlewing help"))
        fake.tell("It is order 4711")
        fake.clock.move(120)
        await ours.check()
        await ours.author("maud")
        for source in ("notifications", "messages", "search:help"):
            assert len((await ours.fetch(source, None)).posts) == 1
        made = await ours.publish("Sorry.", target=target, attempt="a1")
        await ours.message("Hello.", target=target, attempt="m1")
        await ours.look_up("a1", text="Sorry.", target=target, private=False)
        await ours.look_up("m1", text="Hello.", target=target, private=True)
        await ours.thread(made.id)
        await ours.delete(made.id)
        await ours.revisit([made.id, target.post_id or ""])
        from amends.connectors.x.rules import sync

        await sync(ours._api, ["one"])
        await sync(ours._api, ["two"])
    for asked, said in fake.said:
        check(described, asked, said)
    assert len(fake.said) >= 18


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        (
            "search_recent_page",
            ["1990000000000000300", "1990000000000000200", "1990000000000000100"],
        ),
        ("mentions_page", ["1990000000000000100"]),
        ("tweet_lookup_partial_error", ["1990000000000000100"]),
        ("filtered_stream_line", ["1990000000000000100"]),
    ],
)
def test_sample_pages_are_read(samples: dict[str, Any], name: str, ids: list[str]) -> None:
    from amends.connectors.x.searching import posts_of

    page = samples[name]["body"]
    listed = page["data"] if isinstance(page["data"], list) else [page["data"]]
    assert [post.id for post in posts_of({**page, "data": listed})] == ids


def test_sample_events_are_read(samples: dict[str, Any]) -> None:
    found = {
        name: list(read_events(sample["body"]))
        for name, sample in samples.items()
        if name.startswith(("xaa_", "aaa_"))
    }
    posts = {name: [one.post for one in events if one.post] for name, events in found.items()}
    reply, message = posts["xaa_post_reply_create"][0], posts["xaa_dm_received"][0]
    assert reply.in_reply_to is not None
    assert (reply.text, reply.in_reply_to.id) == (
        "@AcmeCare thanks, DM sent",
        "1990000000000000200",
    )
    assert message.author is not None
    assert (message.text, message.visibility, message.author.handle) == (
        "It is order 4711", "private", "alice_example",
    )  # fmt: skip
    assert message.created_at is not None
    assert [post.text for post in posts["xaa_chat_received"]] == [ENCRYPTED]
    assert [post.id for post in posts["aaa_mention"]] == ["1990000000000000100"]
    assert [one.deleted for one in found["xaa_post_delete"]] == ["1990000000000000100"]
    assert [one.revoked for one in found["xaa_oauth_revoke"]] == [True]


def test_webhook_vectors_hold(samples: dict[str, Any]) -> None:
    crc, signed = samples["webhook_crc"], samples["webhook_signature"]
    assert challenge_answer(crc["consumer_secret"], crc["crc_token"]) == crc["response"]
    inbox = Inbox(signed["consumer_secret"], HandClock())
    deleted: list[str] = []
    inbox.take(
        signed["raw_body"].encode(), signed["header"], lambda page: deleted.extend(page.deleted)
    )
    assert deleted == ["1990000000000000100"]
