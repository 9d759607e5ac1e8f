"""The mail connector before a server that can be made to fail."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from amends.bench.faults.clock import START, HandClock
from amends.bench.faults.fakes.mail import US, FakeMail, connector, target
from amends.bench.faults.fakes.mail_imap import Reader, Writer
from amends.bench.faults.fakes.mail_letters import MAUD
from amends.bench.faults.serving import Asked, Fake, Fault, Said, running
from amends.connectors.mail import MailConnector
from amends.connectors.mail.compose import Letter, composed
from amends.connectors.mail.mailbox import _set
from amends.connectors.mail.settings import read_settings
from amends.connectors.mail.signing import thread_of
from amends.outbound import Outbound, Refused
from amends.terms import AuthError, BadInput, Channel, ConnectorError, Credentials, TryLater
from tests.connectors.test_addresses import INSIDE, resolve

HOSTS = {"imap_host": "imap.test", "smtp_host": "smtp.test"}
SETTINGS = read_settings(Channel(network="mail", handle=US, settings=HOSTS))


async def nothing_is_allowed(made: MailConnector, action: str) -> None:
    calls = {
        "check": made.check,
        "fetch": lambda: made.fetch("inbox", None),
        "message": lambda: made.message("x", target=target("m1@far.example"), attempt="a"),
        "send": lambda: made._submission.send(b"x", to=MAUD),
        "stream": made.stream(None).__anext__,
    }
    with pytest.raises(Refused):
        await calls[action]()


@pytest.mark.parametrize("action", ["check", "fetch", "message", "send", "stream"])
async def test_all_traffic_passes_outbound(action: str) -> None:
    """With an outbound that allows nothing it goes nowhere, by IMAP or by SMTP."""
    fake = FakeMail(HandClock())
    async with running(fake):
        await nothing_is_allowed(connector(fake, Outbound()), action)
    assert fake.seen == []


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("setting", ["imap_host", "smtp_host"])
async def test_host_inside_the_house_is_refused(setting: str, host: str) -> None:
    given = {"imap_host": host, "smtp_host": host, "smtp_security": "starttls"}
    channel = Channel(network="mail", handle=US, settings=given)
    secrets = Credentials(values={"password": "p"})
    made = MailConnector(channel, secrets, Outbound(resolve=resolve), HandClock())
    with pytest.raises(Refused):
        await (made.check() if setting == "imap_host" else made._submission.check())


@pytest.mark.parametrize("host", INSIDE)
async def test_token_is_not_renewed_inside_the_house(host: str) -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        told = _settings(connector(fake)) | {"token_url": f"https://{host}/token"}
        channel = Channel(network="mail", handle=US, settings=told)
        outbound = Outbound(allow=["127.0.0.1:" + told["imap_port"]], resolve=resolve)
        secrets = Credentials(values={"refresh_token": "r1", "client_id": "c"})
        made = MailConnector(channel, secrets, outbound, fake.clock)
        with pytest.raises(Refused):
            await made.check()
        await outbound.aclose()


async def test_check_tells_a_wrong_password_and_repeats_none() -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        with pytest.raises(AuthError) as refused:
            await connector(fake, password="oh-dear-this-is-wrong").check()
    assert "oh-dear" not in str(refused.value)


async def test_refused_recipient_is_said_and_leaves_no_copy() -> None:
    fake = FakeMail(HandClock())
    fake.keeps_copies = False
    async with running(fake):
        post_id = fake.add("x", sender="nobody@far.example")
        made = connector(fake, copies="desk")
        with pytest.raises(ConnectorError, match=r"550 5\.1\.1 No such user"):
            await made.message("x", target=target(post_id, "nobody@far.example"), attempt="a")
    assert (fake.sent, fake.folders["Sent"]) == ([], [])


async def test_answer_that_the_server_refused_for_now_goes_out_later() -> None:
    fake = FakeMail(HandClock())
    fake.keeps_copies = False
    async with running(fake):
        post_id = fake.add("x")
        made = connector(fake, copies="desk")
        fake.fail(Fault(before=Said(429)), when=lambda asked: asked.method == "DATA")
        with pytest.raises(TryLater):
            await made.message("We are on it.", target=target(post_id), attempt="a")
        assert await made.look_up("a", text="", target=target(post_id), private=True) is None
        await made.message("We are on it.", target=target(post_id), attempt="a")
    assert (fake.replies(post_id), len(fake.folders["Sent"])) == (["We are on it."], 1)


async def test_attempt_is_known_again_where_the_token_has_changed_meanwhile() -> None:
    """Tokens change every 30 days; what went out shortly before is not sent again."""
    clock = HandClock(datetime(2026, 2, 27, 23, 0, tzinfo=UTC))
    fake = FakeMail(clock)
    thread = thread_of("m1@far.example")
    async with running(fake):
        post_id = fake.add("x")
        made = connector(fake)
        now = made._replies._ids(MAUD, thread, "a")[0]
        while made._replies._ids(MAUD, thread, "a")[0] == now:
            clock.move(12 * 3600)
        clock.move(-12 * 3600)
        first = await made.message("x", target=target(post_id), attempt="a")
        clock.move(24 * 3600)
        again = await made.message("x", target=target(post_id), attempt="a")
    assert (again.id, len(fake.sent)) == (first.id, 1)


@pytest.mark.parametrize(
    ("caps", "sent"), [({"most_a_day_each": "2"}, 2), ({"most_a_day": "1"}, 1)]
)
async def test_nobody_is_flooded(caps: dict[str, Any], sent: int) -> None:
    """A forged address must not become somebody's mail bomb."""
    fake = FakeMail(HandClock())
    async with running(fake):
        post_id = fake.add("x")
        made = connector(fake, **caps)
        for number in range(sent):
            await made.message("x", target=target(post_id), attempt=f"a{number}")
        with pytest.raises(TryLater, match="since yesterday"):
            await made.message("x", target=target(post_id), attempt="one more")
        fake.clock.move(3 * 86_400)
        await made.message("x", target=target(post_id), attempt="one more")
    assert len(fake.sent) == sent + 1


async def test_server_that_forbids_login_is_signed_in_to_by_plain() -> None:
    fake = FakeMail(HandClock())
    fake.able += " LOGINDISABLED AUTH=PLAIN"
    async with running(fake):
        await connector(fake).check()
    assert [one.method for one in fake.seen if one.method in ("LOGIN", "AUTHENTICATE")] == [
        "AUTHENTICATE"
    ]


async def test_folder_is_named_as_imap_writes_names() -> None:
    fake = FakeMail(HandClock())
    fake.folders["Beschwerden &- L&APY-sungen"] = []
    async with running(fake):
        page = await connector(fake, folder="Beschwerden & Lösungen").fetch("inbox", None)
    assert page.posts == []


async def test_mail_larger_than_is_read_comes_as_far_as_it_is() -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        fake.add("x" * 50_000, subject="")
        (post,) = (await connector(fake, largest_kb="10").fetch("inbox", None)).posts
    assert (len(post.text) < 10_500, post.text[-30:]) == (
        True,
        "t; read the rest in the mailbox.]"[-30:],
    )


async def test_mail_delivered_twice_comes_once() -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        for _ in range(2):
            fake.add("x", message_id="m1@far.example")
        page = await connector(fake).fetch("inbox", None)
    assert [post.id for post in page.posts] == ["m1@far.example"]


async def test_what_is_no_mail_is_a_dead_letter_and_the_rest_comes() -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        fake.put(b"\x00\xff no mail at all")
        post_id = fake.add("x")
        page = await connector(fake).fetch("inbox", None)
    assert ([post.id for post in page.posts], [one.reason for one in page.dead]) == (
        [post_id], ["This is no mail: it has no headers."],
    )  # fmt: skip


async def test_old_mails_are_left_where_a_channel_begins() -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        fake.add("old")
        fake.clock.move(25 * 3600)
        post_id = fake.add("new")
        page = await connector(fake).fetch("inbox", None, limit=1)
    assert [post.id for post in page.posts] == [post_id]


async def test_server_that_cannot_tell_is_looked_at() -> None:
    fake = FakeMail(HandClock())
    fake.able = fake.able.replace(" IDLE", "")
    waits: list[float] = []
    async with running(fake):
        made = connector(fake, stream="idle", poll_seconds="7")

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            fake.add("x")

        made.sleep = sleep
        stream = made.stream(None)
        pages = [await anext(stream), await anext(stream)]
        await stream.aclose()
    assert ([len(page.posts) for page in pages], waits) == ([0, 1], [7.0])


async def test_token_that_ran_out_is_renewed_and_kept() -> None:
    fake = FakeMail(HandClock())
    fake.passwords = {"new-token"}
    kept: list[dict[str, str]] = []

    async def keep(secrets: object) -> None:
        kept.append(dict(secrets))  # type: ignore[call-overload]

    async with running(fake), running(Tokens(fake.clock)) as url:
        old = {"access_token": "old-token", "refresh_token": "r1", "client_id": "c"}
        made = connector(fake, token_url=f"{url}/token")
        again = MailConnector(
                Channel(network="mail", handle=US, settings=_settings(made)),
                Credentials(values=old), fake.outbound, fake.clock,
            )  # fmt: skip
        again.renewed = keep
        await again.check()
    assert kept == [old | {"access_token": "new-token", "refresh_token": "r2"}]


class Tokens(FakeMail):
    """Where tokens are renewed."""

    async def serve(self, reader: Reader, writer: Writer) -> None:
        await Fake.serve(self, reader, writer)

    def handle(self, asked: Asked) -> Said:
        assert b"refresh_token=r1" in asked.body
        return Said(200, {"access_token": "new-token", "refresh_token": "r2", "expires_in": 3600})


def _settings(made: MailConnector) -> dict[str, str]:
    told = made._settings
    names = ("imap_host", "imap_port", "imap_security", "smtp_host", "smtp_port", "smtp_security")
    return {name: str(getattr(told, name)) for name in (*names, "token_url", "copies")}


@pytest.mark.parametrize("wrong", [
    {"imap_host": ""}, {"imap_host": "imap.test/x"}, {"imap_port": "x"}, {"imap_port": "70000"},
    {"imap_security": "maybe"}, {"stream": "push"}, {"reply_address": "care@x.example"},
    {"reply_address": "c" * 40 + "+{token}@x.example"}, {"provider": "pigeon"}, {"poll_seconds": "0"},
    {"colour": "red"}, {"reply_days": "0"},
])  # fmt: skip
def test_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput, match=next(iter(wrong))):
        read_settings(Channel(network="mail", handle=US, settings=HOSTS | wrong))


def test_handle_must_be_an_address() -> None:
    with pytest.raises(BadInput, match=r"write it like care@example\.com"):
        read_settings(Channel(network="mail", handle="care", settings=HOSTS))


def test_provider_fills_in_what_is_known_of_it() -> None:
    told = read_settings(Channel(network="mail", handle=US, settings={"provider": "gmail"}))
    assert (told.imap.host, told.imap.port, told.smtp.port, told.copies) == (
        "imap.gmail.com", 993, 465, "server",
    )  # fmt: skip


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85"])
def test_words_of_a_customer_become_no_header(break_: str) -> None:
    told = Letter(
        to=MAUD, subject=f"Bag{break_}Bcc: eve@evil.example", text=f"Hi{break_}.{break_}x",
        message_id="t.a@x.example", reply_to=US, references=["m1@far.example"],
    )  # fmt: skip
    message = message_from_bytes(composed(told, SETTINGS, START), policy=policy.default)
    assert (message["Bcc"], str(message["Subject"]), message["To"]) == (
        None, "Re: Bag Bcc: eve@evil.example", MAUD,
    )  # fmt: skip


@pytest.mark.parametrize("to", ["", "a@b\r\nBcc: eve@evil.example", "a b@c", "a@b@c", "<a@b>"])
async def test_address_that_is_none_is_not_written_to(to: str) -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        with pytest.raises(ConnectorError):
            await connector(fake).message("x", target=target("m1@far.example", to), attempt="a")
    assert fake.sent == []


def test_nothing_secret_is_shown() -> None:
    made = connector(FakeMail(HandClock()), imap_host="h", smtp_host="h", imap_port="1")
    assert "app-password" not in repr(made) + repr(vars(made))


async def test_server_that_speaks_before_encryption_is_left() -> None:
    """Whoever sits between could otherwise put words into the encrypted connection."""
    fake = Injecting(HandClock())
    async with running(fake):
        with pytest.raises(ConnectorError, match="before encryption"):
            await connector(fake, imap_security="starttls").check()


class Injecting(FakeMail):
    able = "IMAP4rev1 STARTTLS"

    async def serve(self, reader: Reader, writer: Writer) -> None:
        writer.write(b"* OK hello\r\n")
        await reader.readline()
        writer.write(b"* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n")
        await reader.readline()
        writer.write(b"a2 OK go\r\n* CAPABILITY LOGINDISABLED\r\n")
        await reader.read(100)
        writer.close()


async def test_server_without_encryption_gets_no_password() -> None:
    fake = FakeMail(HandClock())
    async with running(fake):
        with pytest.raises(ConnectorError, match="offers no encryption"):
            await connector(fake, imap_security="starttls").check()
        with pytest.raises(ConnectorError):
            await connector(fake, imap_security="none", smtp_security="starttls").check()
    assert not any(b"app-password" in asked.body for asked in fake.seen if asked.path == "smtp")


@pytest.mark.parametrize(
    ("uids", "told"), [([3], "3"), ([3, 4, 5], "3:5"), ([1, 3, 4, 9], "1,3:4,9"), ([], "")]
)
def test_numbers_are_named_by_their_runs(uids: list[int], told: str) -> None:
    assert _set(uids) == told
