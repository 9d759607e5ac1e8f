"""A mail's bytes as headers, text and attachments. Whatever comes, ``BadInput`` or nothing is raised."""

import email.errors
import re
from binascii import a2b_qp
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

import msgspec

from amends.connectors.mail.settings import is_address
from amends.connectors.markup import LIMIT, plain_text
from amends.terms import BadInput, Media

MOST_PARTS = 500
_MOST_NESTED = 50  # each line is held against each boundary around it
_LONGEST_HEADER = 4_000  # characters of a value
_HEAD = 200_000  # bytes
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]{1,40})", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>@\s\"()\[\],:;\\]{1,64}@[^<>@\s\"()\[\],:;\\]{1,190})>")
_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]{1,200})\"|([^\s\";]{1,200}))", re.IGNORECASE)
_PLAIN = re.compile(r"\s*([\w .-]*?)\s*<([^<>@\s\"]+@[^<>@\s\"]+)>\s*")
_ODD = (
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    AssertionError,
    email.errors.MessageError,
)
_KINDS = ("image", "video", "audio")


class Address(msgspec.Struct, frozen=True):
    """``mailbox`` is the address in lower case, ``name`` what stands beside it."""

    mailbox: str
    name: str = ""


def _by_hand(value: str) -> Address:
    """The last address between brackets, where quotes and commas are not as they ought to be."""
    mailbox = _IN_BRACKETS.findall(value)[-1]
    return Address(mailbox.lower(), decoded(value.rpartition(f"<{mailbox}>")[0]).strip('" '))


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """``headers`` holds each name's values, names in lower case, as they came but unfolded."""

    headers: dict[str, list[str]]
    text: str = ""
    html: str = ""
    media: tuple[Media, ...] = ()
    kind: str = ""  # the content type, with its parameters

    def first(self, name: str) -> str:
        return self.headers.get(name, [""])[0]

    def all(self, *names: str) -> list[str]:
        return [value for name in names for value in self.headers.get(name, ())]

    def said(self, name: str) -> str:
        """A header's words, decoded, on one line."""
        return decoded(self.first(name))

    def addresses(self, *names: str) -> list[Address]:
        """The addresses that these headers hold, those that are none left out."""
        values = self.all(*names)
        short = len(values) == 1 and len(values[0]) < 300
        if short and (plain := _PLAIN.fullmatch(values[0])) and is_address(plain[2]):
            return [Address(plain[2].lower(), _clean(plain[1]))]
        try:
            pairs = getaddresses(values)
        except (*_ODD, RecursionError):
            pairs = []
        found = [
            Address(mailbox.strip().lower(), decoded(name))
            for name, mailbox in pairs
            if is_address(mailbox.strip())
        ]
        return found or [_by_hand(value) for value in values if _IN_BRACKETS.search(value)]


def read_mail(raw: bytes) -> Mail:
    """A mail, or as much of it as there is. Raises ``BadInput`` for what no mail can be."""
    end = _END.search(raw, 0, _HEAD)
    headers = _headers(raw[: end.start() if end else _HEAD])
    if not headers:
        raise BadInput("This is no mail: it has no headers.")
    kind = headers.get("content-type", [""])[0]
    try:
        plain = _simple(headers, kind, raw[end.end() :] if end else b"")
        if plain is not None:
            return plain
        body = _Body(_parsed(raw))
    except RecursionError as error:
        raise BadInput("The mail is nested deeper than any that is meant to be read.") from error
    except _ODD as error:
        raise BadInput(f"The mail cannot be read ({type(error).__name__}).") from error
    return Mail(headers=headers, text=body.text, html=body.html, media=tuple(body.media), kind=kind)


def _parsed(raw: bytes) -> Message:
    if raw.lower().count(b"boundary") > _MOST_NESTED:
        raise BadInput(
            "The mail is made of parts in parts, more than any that is meant to be read."
        )
    return message_from_bytes(_fewer_parts(raw), policy=policy.compat32)


def _simple(headers: dict[str, list[str]], kind: str, body: bytes) -> Mail | None:
    """A mail of readable parts alone, for which the parser would take three times as long."""
    texts, pages = list[str](), list[str]()
    for part, content in _sections(headers, kind, body):
        main = part.get("content-type", ["text/plain"])[0].partition(";")[0].strip().lower()
        text = _plainly(part, content)
        if text is None or main not in ("", "text/plain", "text/html"):
            return None
        (pages if main == "text/html" else texts).append(text)
    text, html = "\n\n".join(texts)[:LIMIT], "\n".join(pages)[:LIMIT]
    return Mail(headers=headers, text=text, html=html, kind=kind)


def _sections(
    headers: dict[str, list[str]], kind: str, body: bytes
) -> Iterator[tuple[dict[str, list[str]], bytes]]:
    """The parts of a mail that holds no parts in parts; the mail itself where it holds none."""
    boundary = _BOUNDARY.search(kind) if kind[:10].lower() == "multipart/" else None
    if boundary is None:
        yield headers, body
        return
    mark = re.escape((boundary[1] or boundary[2]).encode())
    whole = re.split(rb"(?:\A|\r?\n)--" + mark + rb"--", body, maxsplit=1)[0]
    parts = re.split(rb"(?:\A|\r?\n)--" + mark + rb"[ \t]*\r?\n", whole, maxsplit=MOST_PARTS)
    for part in parts[1:MOST_PARTS]:
        if part.startswith((b"\n", b"\r\n")):
            yield {}, part.lstrip(b"\r").removeprefix(b"\n")
            continue
        end = _END.search(part)
        yield _headers(part[: end.start() if end else None]), part[end.end() :] if end else b""


def _plainly(headers: dict[str, list[str]], content: bytes) -> str | None:
    """The text of a part; None where it takes more than a moment to tell."""
    kind = headers.get("content-type", [""])[0]
    if "content-disposition" in headers or "name" in kind:
        return None
    encoding = headers.get("content-transfer-encoding", ["7bit"])[0].strip().lower()
    if encoding == "quoted-printable":
        content = a2b_qp(content)
    elif encoding not in ("7bit", "8bit", "binary"):
        return None
    charset = _CHARSET.search(kind)
    return _lines(_in_charset(content, charset[1] if charset else None))


def decoded(value: str) -> str:
    """A header's words on one line, whatever set of characters they name."""
    if "=?" in value:
        with suppress(*_ODD):  # else it is shown as it came
            value = "".join(
                _in_charset(part, charset) if isinstance(part, bytes) else part
                for part, charset in decode_header(value)
            )
    return _clean(value)


def words(mail: Mail) -> tuple[str, tuple[str, ...]]:
    """What a mail says, and the addresses it links to: its plain text, else its HTML's."""
    if mail.text.strip():
        return mail.text, ()
    plain = plain_text(mail.html)
    return plain.text, plain.links


class _Body:
    """The readable parts of a message, and the names of what is attached."""

    def __init__(self, message: Message) -> None:
        self.media: list[Media] = []
        texts: list[str] = []
        pages: list[str] = []
        for part in _leaves(message):
            kind = part.get_content_type()
            name = _clean(decoded(part.get_filename() or ""))
            disposition = str(part.get("content-disposition", "")).strip().lower()
            if (
                kind in ("text/plain", "text/html")
                and not name
                and not disposition.startswith("attachment")
            ):
                (texts if kind == "text/plain" else pages).append(_text(part))
            elif kind != "message/delivery-status":
                self.media.append(_attached(part, kind, name))
        self.text, self.html = "\n\n".join(texts)[:LIMIT], "\n".join(pages)[:LIMIT]


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold no parts, a mail within the mail being one."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting += [one for one in reversed(inside) if isinstance(one, Message)]
        else:
            yield part


def _attached(part: Message, kind: str, name: str) -> Media:
    payload = part.get_payload(decode=True)
    size = len(payload) if isinstance(payload, bytes) else 0
    main = kind.partition("/")[0]
    told = f"{name or kind}, {_size(size)}" if size else name or kind
    return Media(kind=main if main in _KINDS else "other", alt=told[:300])


def _size(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} MB" if octets >= 1_000_000 else f"{max(1, octets // 1000)} kB"


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return _lines(_in_charset(raw, part.get_content_charset()))


def _lines(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\ufffd")


def _in_charset(raw: bytes, charset: str | None) -> str:
    for name in (charset or "utf-8", "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _headers(head: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _FOLD.sub(" ", _in_charset(head, "utf-8")).split("\n"):
        name, colon, value = line.partition(":")
        name = name.rstrip().lower()
        if colon and name and name.isascii() and " " not in name:
            found.setdefault(name, []).append(value.strip()[:_LONGEST_HEADER])
    return found


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    return _BREAKS.sub(" ", text).strip()[:_LONGEST_HEADER]


def _fewer_parts(raw: bytes) -> bytes:
    """The mail as far as the part beyond which no mail goes that is meant to be read."""
    if raw.count(b"\n--") <= MOST_PARTS:
        return raw
    at = -1
    for _ in range(MOST_PARTS):
        at = raw.find(b"\n--", at + 1)
    return raw[:at]
