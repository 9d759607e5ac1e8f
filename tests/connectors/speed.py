"""How many events a second are translated: ``python -m tests.connectors.speed``."""

import asyncio
import atexit
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import msgspec

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mail_letters import letter
from amends.connectors.appstore.translate import read_review as read_apple
from amends.connectors.bluesky.streams import Batch, JetstreamV1
from amends.connectors.demo.translate import read_items
from amends.connectors.feeds.documents import read_document
from amends.connectors.feeds.place import mark_of
from amends.connectors.feeds.translate import read_item
from amends.connectors.googlebusiness.translate import read_review as read_business
from amends.connectors.googleplay.translate import read_review as read_play
from amends.connectors.mail.settings import read_settings
from amends.connectors.mail.signing import Signer
from amends.connectors.mail.translate import Reader as MailReader
from amends.connectors.mapping import guess_mapping
from amends.connectors.mastodon.events import read_frame
from amends.connectors.protocol import Delivery
from amends.connectors.reddit.translate import read_thing
from amends.connectors.x.translate import Includes, read_post
from amends.terms import Channel
from tests.connectors.filedrop.fake import connector as filedrop
from tests.connectors.filedrop.fake import write
from tests.connectors.webhook.fake import Box
from tests.connectors.webhook.fake import connector as webhook

_TOGETHER = 500  # events of one document, delivery or file
_NOW = datetime(2026, 3, 3, tzinfo=UTC)


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
    said = {"text": "my case is in pieces", "lastModified": {"seconds": "1772442000"}}
    in_the_shop = json.dumps({"reviewId": "1", "authorName": "Maud",
                              "comments": [{"userComment": {**said, "starRating": 1}}]})  # fmt: skip
    on_the_map = json.dumps({"name": "accounts/1/locations/2/reviews/3", "comment": "in pieces",
                             "createTime": "2026-03-02T09:00:00Z", "starRating": "ONE",
                             "updateTime": "2026-03-02T09:00:00Z"})  # fmt: skip
    attributes = {"rating": 1, "body": "in pieces", "createdDate": "2026-03-02T09:00:00Z"}
    in_apples = json.dumps({"id": "1", "attributes": attributes})
    comment = json.dumps({"kind": "t1", "data": {
        "name": "t1_c1", "body": "my case is in pieces", "author": "maud", "author_fullname": "t2_m",
        "parent_id": "t3_a", "link_id": "t3_a", "permalink": "/r/travel/comments/a/x/c1/",
        "created_utc": 1772442000.0, "edited": False, "score": 3}})  # fmt: skip
    shown = json.dumps({"seq": 1, "kind": "post", "post": {
        "id": "p1", "author": {"id": "u2", "handle": "maud", "name": "Maud", "followers": 412},
        "text": "my case is in pieces", "at": 1772442000000, "root": "p1"}})  # fmt: skip
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "appstore": (1, lambda: read_apple(json.loads(in_apples), app="1")),
        "bluesky": (1, _commits()),
        "demo": (1, lambda: _demo(shown)),
        "feeds": (_TOGETHER, _feed(content)),
        "filedrop": (_TOGETHER, _files()),
        "googlebusiness": (1, lambda: read_business(json.loads(on_the_map))),
        "googleplay": (1, lambda: read_play(json.loads(in_the_shop), package="com.example.app")),
        "mail": (1, _mails("plain")),
        "mail of several parts": (1, _mails("several")),
        "mastodon": (1, lambda: read_frame(frame)),
        "reddit": (1, lambda: read_thing(json.loads(comment))),
        "webhook": (_TOGETHER, _deliveries()),
        "x": (1, lambda: _x(line)),
    }
    for name, (events, read) in ways.items():
        best = min(_seconds(read, 10_000 // events) for _ in range(5))
        print(f"{name}: {10_000 / best:,.0f} events a second")  # noqa: T201


def _demo(shown: str) -> object:
    posts, _, _ = read_items([json.loads(shown)], "search", None)
    assert posts
    return posts


def _commits() -> Callable[[], object]:
    record = {"$type": "app.bsky.feed.post", "text": "my case is in pieces", "langs": ["en"],
              "createdAt": "2026-03-02T09:00:00.000Z"}  # fmt: skip
    commit = {"rev": "3n2", "operation": "create", "collection": "app.bsky.feed.post",
              "rkey": "3n2u", "cid": "bafy", "record": record}  # fmt: skip
    told = {"did": "did:plc:maud", "time_us": 1772442000000000, "kind": "commit", "commit": commit}
    frame, batch = json.dumps(told), Batch(JetstreamV1(), None)

    def read() -> object:
        batch.add(frame, _NOW)
        page = batch.page()
        assert page is not None
        assert page.posts
        return page

    return read


def _feed(content: str) -> Callable[[], object]:
    item = (
        f"<item><guid>g1</guid><title>A suitcase</title><description><![CDATA[{content}]]>"
        "</description><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item>"
    )
    body = f"<rss><channel><title>B</title>{item * _TOGETHER}</channel></rss>".encode()
    return lambda: [
        mark_of(read_item(one, host="far.example", latest=_NOW))
        for one in read_document(body).items
    ]


_REVIEW = {"id": "7", "body": "my case is in pieces", "author": {"id": "2", "name": "Maud"},
           "created_at": "2026-03-02T09:00:00Z", "stars": 1}  # fmt: skip


def _mails(kind: str) -> Callable[[], object]:
    settings = {"imap_host": "imap.test", "smtp_host": "smtp.test"}
    told = read_settings(Channel(network="mail", handle="care@b.example", settings=settings))
    reader = MailReader(told, Signer("key", told.address))
    text = "my case is in pieces, see https://photos.example/1"
    raw = letter(text, at=_NOW, message_id="m1@far.example", Received="from a by b; Monday")
    if kind == "several":
        mail = EmailMessage()
        mail["From"], mail["Message-ID"], mail["Subject"] = (
            "maud@far.example",
            "<m1@far.example>",
            "x",
        )
        mail.set_content(text)
        mail.add_alternative(f"<p>{text}</p>", subtype="html")
        raw = mail.as_bytes()
    return lambda: reader.read(raw, at=_NOW)


def _deliveries() -> Callable[[], object]:
    made = webhook(Box(HandClock()), mapping=guess_mapping(_REVIEW).written())
    delivery = Delivery(id=1, body=json.dumps([_REVIEW] * _TOGETHER).encode(), at=_NOW)
    return lambda: list(made.read(delivery))


def _files() -> Callable[[], object]:
    folder = Path(tempfile.mkdtemp())
    write(folder / "a.jsonl", (json.dumps(_REVIEW) + "\n") * _TOGETHER, HandClock())
    made = filedrop(folder, mapping=guess_mapping(_REVIEW).written())

    def read() -> int:
        page = asyncio.run(made.fetch("files", None, limit=_TOGETHER))
        assert len(page.posts) == _TOGETHER
        return len(page.posts)

    atexit.register(shutil.rmtree, folder)
    return read


def _x(line: str) -> object:
    value = msgspec.json.decode(line)
    return read_post(value["data"], Includes(value["includes"]))


def _seconds(read: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        read()
    return time.process_time() - began


if __name__ == "__main__":
    figures()
