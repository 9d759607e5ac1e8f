"""Against real servers: Dovecot for what is read, aiosmtpd for what is sent (R06, R24, R32)."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy

import pytest

from amends.bench.faults.fakes.mail import target
from amends.bench.faults.fakes.mail_letters import MAUD, letter
from amends.outbound import Outbound
from amends.terms import Author, DeliveryUnknown, Page, Published, ReplyTarget, TryLater
from tests.connectors.mail.conftest import Box

pytestmark = pytest.mark.mail


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound(allow=["localhost:*"], timeout=5.0)
    yield made
    await made.aclose()


def complaint(box: Box, number: int = 1, text: str = "Where is it?", **more: str) -> str:
    message_id = f"m{number}@far.example"
    box.clock.move(1)
    box.put(letter(text, at=box.clock.now(), message_id=message_id, to=box.user, **more))
    return message_id


def text_of(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body()
    assert body is not None
    return str(body.get_content()).strip()


async def test_mails_come_in_pages_and_each_once(box: Box, outbound: Outbound) -> None:
    ids = [complaint(box, number) for number in (1, 2, 3)]
    made = box.connector(outbound)
    first = await made.fetch("inbox", None, limit=2)
    second = await made.fetch("inbox", first.cursor, limit=2)
    third = await made.fetch("inbox", second.cursor, limit=2)
    assert [[post.id for post in page.posts] for page in (first, second, third)] == [
        ids[:2], ids[2:], [],
    ]  # fmt: skip


async def test_answer_goes_into_the_thread_and_its_copy_to_sent(
    box: Box, outbound: Outbound
) -> None:
    """R24: answered where it started."""
    post_id = complaint(box)
    made = box.connector(outbound, name="Brindlewing Care")
    published = await made.message("So sorry. ^MK", target=target(post_id), attempt="a1")
    ((to, raw),) = box.sink.taken
    told = message_from_bytes(raw, policy=policy.default)
    assert (to, told["In-Reply-To"], told["Subject"], told["From"], text_of(raw)) == (
        [MAUD], f"<{post_id}>", "Re: My suitcase", f"Brindlewing Care <{box.user}>", "So sorry. ^MK",
    )  # fmt: skip
    assert (told["Message-ID"], box.flags_in_sent()) == (f"<{published.id}>", [["\\Seen"]])


async def test_answer_to_the_signed_address_belongs_to_the_thread(
    box: Box, outbound: Outbound
) -> None:
    post_id = complaint(box)
    made = box.connector(outbound)
    first = await made.fetch("inbox", None)
    await made.message("Which flight?", target=target(post_id), attempt="a1")
    told = message_from_bytes(box.sink.taken[0][1], policy=policy.default)
    box.put(
        letter("LH 400", at=box.clock.now(), message_id="m2@far.example", to=str(told["Reply-To"]))
    )
    page = await made.fetch("inbox", first.cursor)
    began, answer = first.posts[0], page.posts[0]
    assert (answer.text, answer.conversation, answer.author and answer.author.id) == (
        "LH 400", began.conversation, began.author and began.author.id,
    )  # fmt: skip
    whole = await made.thread(post_id)
    assert [post.text for post in whole] == [
        "My suitcase\n\nWhere is it?",
        "LH 400",
        "Which flight?",
    ]


async def test_pictures_go_along(box: Box, outbound: Outbound) -> None:
    post_id = complaint(box)
    made = box.connector(outbound)
    picture = await made.upload(
        b"\x89PNG", kind="image/png", alt="Your bag\r\nBcc: eve@evil.example"
    )
    await made.message("Is it this?", target=target(post_id), attempt="a1", media=[picture])
    told = message_from_bytes(box.sink.taken[0][1], policy=policy.default)
    (part,) = told.iter_attachments()
    assert (part.get_content(), part.get_filename(), part["Content-Description"], told["Bcc"]) == (
        b"\x89PNG", "picture-1.png", "Your bag Bcc: eve@evil.example", None,
    )  # fmt: skip


async def test_answer_sent_from_a_mail_program_is_seen(box: Box, outbound: Outbound) -> None:
    """Nobody answers twice; what the desk sent itself does not come again."""
    post_id = complaint(box)
    made = box.connector(outbound)
    (began,) = (await made.fetch("inbox", None)).posts
    await made.message("Which flight?", target=target(post_id), attempt="a1")
    by_hand = letter(
        "We called them.", at=box.clock.now(), message_id="hand@brindlewing.example",
        sender=box.user, to=MAUD, In_Reply_To=f"<{post_id}>", References=f"<{post_id}>",
    )  # fmt: skip
    other = letter(
        "Lunch?", at=box.clock.now(), message_id="x@brindlewing.example", sender=box.user
    )
    for raw in (by_hand, other):
        box.put(raw, "Sent")
    page = await made.fetch("sent", None)
    assert [(one.text, one.conversation, one.author and one.author.id) for one in page.posts] == [
        ("We called them.", began.conversation, box.user),
    ]  # fmt: skip
    assert not page.to_us


async def test_lost_answer_is_not_known_until_somebody_looks(box: Box, outbound: Outbound) -> None:
    post_id = complaint(box)
    made = box.connector(outbound)
    box.sink.silent = True
    asked = {"text": "So sorry.", "target": target(post_id)}
    with pytest.raises(DeliveryUnknown):
        await made.message("So sorry.", target=target(post_id), attempt="a1")
    with pytest.raises(TryLater, match="only its log knows"):
        await made.look_up("a1", private=True, text="So sorry.", target=target(post_id))
    assert (len(box.sink.taken), box.flags_in_sent()) == (1, [["\\Draft", "\\Seen"]])
    assert await made.look_up("a2", private=True, **asked) is None  # type: ignore[arg-type]


async def test_mail_that_the_server_kept_is_found_by_its_message_id(
    box: Box, outbound: Outbound
) -> None:
    post_id = complaint(box)
    made = box.connector(outbound, copies="server")
    box.sink.silent = True
    with pytest.raises(DeliveryUnknown):
        await made.message("So sorry.", target=target(post_id), attempt="a1")
    ask = made.look_up("a1", private=True, text="So sorry.", target=target(post_id))
    assert await ask is None
    box.put(box.sink.taken[0][1], "Sent")
    found = await made.look_up("a1", private=True, text="So sorry.", target=target(post_id))
    assert isinstance(found, Published)


async def test_sent_twice_with_one_key_goes_out_once(box: Box, outbound: Outbound) -> None:
    post_id = complaint(box)
    made = box.connector(outbound)
    for _ in range(2):
        await made.message("So sorry.", target=target(post_id), attempt="a1")
    assert (len(box.sink.taken), len(box.flags_in_sent())) == (1, 1)


async def test_new_mail_is_told_at_once(box: Box, outbound: Outbound) -> None:
    made = box.connector(outbound, stream="idle")
    assert list(made.sources([])) == ["sent"]
    stream = made.stream(None)
    assert (await anext(stream)).posts == []

    async def told() -> Page:
        while not (page := await anext(stream)).posts:
            pass
        return page

    waiting = asyncio.create_task(told())
    await asyncio.sleep(0.05)
    post_id = await asyncio.to_thread(complaint, box)
    async with asyncio.timeout(5):
        page = await waiting
    assert [post.id for post in page.posts] == [post_id]
    await stream.aclose()


async def test_folder_numbered_anew_gives_nothing_twice(box: Box, outbound: Outbound) -> None:
    """UIDVALIDITY changes when a folder is made again."""
    complaint(box, 1)
    made = box.connector(outbound, folder="Care")
    with box.imap() as imap:
        imap.create("Care")
    box.put(letter("One", at=box.clock.now(), message_id="m1@far.example"), "Care")
    first = await made.fetch("inbox", None)
    await made.aclose()
    with box.imap() as imap:
        imap.delete("Care")
        imap.create("Care")
    for name, text in (("m1", "One"), ("m2", "Two")):
        box.put(letter(text, at=box.clock.now(), message_id=f"{name}@far.example"), "Care")
    again = await made.fetch("inbox", first.cursor)
    assert [[post.id for post in page.posts] for page in (first, again)] == [
        ["m1@far.example"], ["m2@far.example"],
    ]  # fmt: skip


async def test_somebody_who_never_wrote_is_not_written_to(box: Box, outbound: Outbound) -> None:
    nobody = ReplyTarget(author=Author(id=MAUD, handle=MAUD))
    with pytest.raises(Exception, match="cannot be answered by mail"):
        await box.connector(outbound).message("Hello?", target=nobody, attempt="a1")
    assert box.sink.taken == []
