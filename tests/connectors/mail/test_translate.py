"""What a mail is to the desk: whose, in which thread, and what it says. From is no identity (R33)."""

import base64
import json
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.bench.faults.clock import START
from amends.bench.faults.fakes.mail_letters import MAUD, letter
from amends.connectors.mail import mime
from amends.connectors.mail.mime import read_mail
from amends.connectors.mail.settings import read_settings
from amends.connectors.mail.signing import Signer, thread_of
from amends.connectors.mail.translate import Reader, addressee
from amends.terms import BadInput, Channel, Media, Post
from tests.support.hostile import ATTACKS

PAYLOADS = Path(__file__).parents[2] / "payloads" / "mail"
US = "care@brindlewing.example"
THREAD = thread_of("m1@far.example")
SIGNER = Signer("key", US)
TOKEN = SIGNER.token(THREAD, MAUD, START + timedelta(days=365))
HOSTS = {"imap_host": "imap.test", "smtp_host": "smtp.test"}
READER = Reader(read_settings(Channel(network="mail", handle=US, settings=HOSTS)), SIGNER)


def read(text: str = "Hello?", *, message_id: str = "m2@far.example", **more: str) -> Post | None:
    return READER.read(letter(text, at=START, message_id=message_id, **more), at=START)


def post(text: str = "Hello?", **more: str) -> Post:
    found = read(text, **more)
    assert found is not None
    return found


def author(found: Post) -> str:
    assert found.author is not None
    return found.author.id or ""


def test_first_mail_begins_a_thread_of_its_own() -> None:
    found = post("Where is it?", message_id="m1@far.example")
    assert (found.id, found.text, found.conversation, author(found), found.visibility) == (
        "m1@far.example", "My suitcase\n\nWhere is it?", THREAD, f"{MAUD}#{THREAD}", "private",
    )  # fmt: skip


@pytest.mark.parametrize(
    "proof",
    [
        {"to": f"care+{TOKEN}@brindlewing.example"},
        {"to": f"CARE+{TOKEN.upper()}@BRINDLEWING.EXAMPLE"},
        {"Delivered_To": f"care+{TOKEN}@brindlewing.example"},
        {"In_Reply_To": f"<{TOKEN}.abc@brindlewing.example>"},
        {"References": f"<x@far.example> <{TOKEN}.abc@brindlewing.example>"},
    ],
)
def test_signed_address_says_whose_thread_it_is(proof: dict[str, str]) -> None:
    found = post("LH 400", **proof)
    assert (found.text, found.conversation, author(found)) == ("LH 400", THREAD, f"{MAUD}#{THREAD}")


def altered(token: str) -> str:
    return ("b" if token[0] != "b" else "c") + token[1:]


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"In_Reply_To": "<m1@far.example>", "References": "<m1@far.example>"},
        {"to": f"care+{altered(TOKEN)}@brindlewing.example"},
        {"to": f"care+{Signer('other', US).token(THREAD, MAUD, START)}@brindlewing.example"},
        {"to": f"care+{Signer('key', 'sales@x.example').token(THREAD, MAUD, START)}@x.example"},
        {
            "to": f"care+{SIGNER.token(THREAD, MAUD, START - timedelta(days=31))}@brindlewing.example"
        },
        {"to": f"care+{THREAD}@brindlewing.example"},
    ],
)
def test_forged_or_expired_mail_enters_no_thread(forged: dict[str, str]) -> None:
    """From, In-Reply-To and References are whatever a sender writes."""
    found = post("Send my refund to another account.", **forged)
    own = thread_of("m2@far.example")
    assert (found.conversation, author(found), found.in_reply_to) == (own, f"{MAUD}#{own}", None)


def test_who_else_has_the_signed_address_is_not_taken_for_the_customer() -> None:
    to = f"care+{TOKEN}@brindlewing.example"
    found = post("I am Maud.", to=to, sender="eve@evil.example")
    assert (found.conversation, author(found)) == (THREAD, f"eve@evil.example#{THREAD}")


def test_author_is_who_would_read_our_answer() -> None:
    found = post(sender=f"Maud <{MAUD}>", Reply_To="eve@evil.example")
    assert found.author is not None
    assert (found.author.handle, found.author.name) == ("eve@evil.example", "Maud")


def test_mail_that_claims_to_be_from_us_is_not_ours() -> None:
    found = post(sender=f"Brindlewing <{US}>")
    assert author(found) == f"{US}#{thread_of('m2@far.example')}"


def test_our_own_mail_that_comes_back_is_dropped() -> None:
    assert read(message_id=f"{TOKEN}.abc@brindlewing.example", sender=US) is None


@pytest.mark.parametrize(
    "marks",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.far.example>"},
        {"List_Unsubscribe": "<https://far.example/u>", "Precedence": "list"},
        {"Return_Path": "<>", "sender": "MAILER-DAEMON@far.example"},
        {"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"},
    ],
)
def test_machines_that_answer_nobody_are_not_heard(marks: dict[str, str]) -> None:
    """RFC 3834: two machines never talk to each other."""
    assert read(**marks) is None


@pytest.mark.parametrize("marks", [{"Auto_Submitted": "auto-generated"}, {"Return_Path": "<>"}])
def test_form_is_heard_and_cannot_be_answered(marks: dict[str, str]) -> None:
    assert addressee(author(post(**marks))) is None


def test_out_of_office_in_a_thread_is_shown_there_and_cannot_be_answered() -> None:
    to = f"care+{TOKEN}@brindlewing.example"
    found = post("I am away.", to=to, Auto_Submitted="auto-replied (vacation)")
    assert (found.conversation, addressee(author(found))) == (THREAD, None)


def test_our_own_group_is_no_mailing_list() -> None:
    assert post(List_Id=f"<{US}>", List_Post=f"<mailto:{US}>", Precedence="list").text


def test_bounce_says_in_its_thread_why_our_mail_came_back() -> None:
    parts = (
        "--x\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--x\r\nContent-Type: message/delivery-status"
        f"\r\n\r\nFinal-Recipient: rfc822; {MAUD}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n--x\r\nContent-Type: text/rfc822-headers"
        f"\r\n\r\nMessage-ID: <{TOKEN}.abc@brindlewing.example>\r\n--x--"
    )
    kind = "multipart/report; report-type=delivery-status; boundary=x"
    found = post(parts, sender="MAILER-DAEMON@far.example", Content_Type=kind, Return_Path="<>")
    assert (found.conversation, found.text, addressee(author(found))) == (
        THREAD, f"Our mail to {MAUD} could not be delivered: 550 5.1.1 No such user.", None,
    )  # fmt: skip


def test_html_becomes_text_and_attachments_are_named() -> None:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"], mail["Subject"] = MAUD, "<m2@far.example>", "Bag"
    mail.set_content(
        "<p>See <a href='https://photos.example/1'>this</a></p><script>x()</script>", subtype="html"
    )
    mail.add_attachment(
        b"\x89PNG" + bytes(2_000), maintype="image", subtype="png", filename="bag.png"
    )
    found = READER.read(mail.as_bytes(), at=START)
    assert found is not None
    assert (found.text, found.links, found.media) == (
        "Bag\n\nSee this (https://photos.example/1)", ("https://photos.example/1",),
        (Media(kind="image", alt="bag.png, 2 kB"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "encoding", "body"),
    [
        ("text/plain; charset=iso-8859-1", "quoted-printable", "Gr=FC=DFe"),
        ("text/plain; charset=nonsense-9", "8bit", "Grüße"),
        ("text/plain; charset=ascii", "8bit", "Grüße"),
        ("text/plain", "base64", base64.b64encode("Grüße".encode()).decode()),
        ("text/html; charset=utf-8", "8bit", "<p>Gr&uuml;&szlig;e"),
        ("", "", "Grüße"),
        ("text/plain; charset=utf-8", "rot13", "Grüße"),
    ],
)
def test_broken_charsets_are_read_all_the_same(kind: str, encoding: str, body: str) -> None:
    found = post(body, Content_Type=kind, Content_Transfer_Encoding=encoding, subject="")
    assert found.text == "Grüße"


def test_encoded_subject_and_name_are_words_on_one_line() -> None:
    found = post(
        "x", subject="=?utf-8?q?Gr=C3=BC=0D=0ABcc=3A_eve?=", sender=f"=?utf-8?b?TcOkdWQ=?= <{MAUD}>"
    )
    assert found.author is not None
    assert (found.text, found.author.name) == ("Grü Bcc: eve\n\nx", "Mäud")


@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_name_stays_a_name(name: str) -> None:
    assert author(post(sender=f'"{name}" <{MAUD}>')).startswith(f"{MAUD}#")


def test_boundaries_without_end_are_refused() -> None:
    deep = "".join(
        f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(3_000)
    )
    with pytest.raises(BadInput, match="parts in parts"):
        read(deep, Content_Type="multipart/mixed; boundary=b0")


def test_mail_of_many_parts_is_read_as_far_as_is_sensible() -> None:
    parts = "--b\r\n\r\nx\r\n" * 20_000
    found = post(parts, Content_Type="multipart/mixed; boundary=b")
    assert found.text.count("x") < 600


def test_mail_that_was_not_read_whole_says_so() -> None:
    raw = letter("A long story", at=START, message_id="m2@far.example")
    found = READER.read(raw, at=START, whole=False)
    assert found is not None
    assert found.text.endswith("[The mail goes on; read the rest in the mailbox.]")


def test_mail_without_an_id_has_the_same_one_each_time() -> None:
    raw = letter("x", at=START, message_id="").replace(b"Message-ID: <>\r\n", b"")
    first, again = READER.read(raw, at=START), READER.read(raw, at=START)
    assert first == again
    assert first is not None
    assert first.id.startswith("digest:")


MAILS = [json.loads(line) for line in (PAYLOADS / "mails.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("told", MAILS, ids=[one["what"] for one in MAILS])
def test_mails_as_programs_write_them(told: dict[str, str]) -> None:
    found = READER.read(told["raw"].replace("{token}", TOKEN).encode(), at=START)
    assert (found and found.text) == told["text"]


@pytest.mark.parametrize("told", MAILS, ids=[one["what"] for one in MAILS])
def test_short_way_and_the_parser_agree(told: dict[str, str]) -> None:
    raw = told["raw"].encode()
    short, whole = read_mail(raw), mime._Body(mime._parsed(raw))
    assert (short.text.split(), short.html.split(), short.media) == (
        whole.text.split(), whole.html.split(), tuple(whole.media),
    )  # fmt: skip


HEADERS = st.sampled_from(
    ["From", "To", "Subject", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "References",
     "Content-Disposition", "Reply-To", "Auto-Submitted", "List-Id", "Return-Path", "Date"]
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["multipart/mixed; boundary=x", "multipart/report", "text/html; charset=utf-7", "base64",
         "=?utf-8?b?//8=?=", "=?x?q?=ZZ?=", "(" * 2_000, "<a@b>", f"care+{TOKEN}@x", "message/rfc822",
         "attachment; filename*0*=utf-8''%FF; filename*1=x", "text/plain; charset*=x'y'%ZZ", '"' * 50,
         "quoted-printable", "uuencode", "multipart/alternative; boundary*0=x"]
    ),
)  # fmt: skip


@given(st.lists(st.tuples(HEADERS, VALUES), max_size=6), st.binary(max_size=80))
def test_reads_anything(headers: list[tuple[str, str]], junk: bytes) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("utf-8", "replace")
    for raw in (
        junk,
        head + b"\r\n" + junk,
        head + b"\r\n--x\r\n" + head + b"\r\n" + junk + b"\r\n--x--",
    ):
        try:
            READER.read(raw, at=START)
        except BadInput as error:
            assert str(error)  # noqa: PT017 (either end is right)
