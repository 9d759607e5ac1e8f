"""Our mail as bytes. What a customer wrote into a header never becomes a header of ours."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

import msgspec

from amends.connectors.mail.settings import Settings
from amends.terms import ConnectorError

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MOST_REFERENCES = 20
_LINE = 400  # characters of a header's line; the body was broken into shorter ones before


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """``kind`` is its media type, ``alt`` describes it."""

    content: bytes
    kind: str
    alt: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a reply is made of; ``references`` are the Message-IDs of its thread, oldest first."""

    to: str
    subject: str
    text: str
    message_id: str
    reply_to: str
    references: Sequence[str] = ()
    pictures: Sequence[Picture] = ()


def composed(letter: Letter, settings: Settings, at: datetime) -> bytes:
    """The mail, its lines ended as SMTP wants them. Raises ``ConnectorError`` for what none holds."""
    plain = (letter.to + settings.address + letter.reply_to).isascii()
    message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    try:
        message["From"] = _address(settings.address, _line(settings.name))
        message["To"] = _address(letter.to)
        message["Reply-To"] = _address(letter.reply_to, _line(settings.name))
        message["Subject"] = (
            f"Re: {_line(letter.subject)[:200]}" if letter.subject else "Your message"
        )
        message["Message-ID"] = f"<{letter.message_id}>"
        message["Date"] = format_datetime(at)
        if letter.references:
            known = [f"<{one}>" for one in letter.references]
            kept = known[:1] + known[1:][-_MOST_REFERENCES:]
            message["In-Reply-To"] = known[-1]
            message["References"] = " ".join(kept)
        # Whoever is out of office need not tell us.
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message.set_content(_body(letter.text), cte="quoted-printable")
        for number, picture in enumerate(letter.pictures, 1):
            _attach(message, picture, number)
        # Some servers know a Message-ID that is folded onto a line of its own no more.
        return message.as_bytes(policy=message.policy.clone(max_line_length=_LINE))
    except (ValueError, IndexError, LookupError, TypeError, AttributeError) as error:
        msg = f"No mail can be made of this ({type(error).__name__}); check the address {letter.to[:100]}."
        raise ConnectorError(msg) from error


def _attach(message: EmailMessage, picture: Picture, number: int) -> None:
    main, _, sub = picture.kind.partition("/")
    name = f"picture-{number}.{'jpg' if sub == 'jpeg' else sub}"
    message.add_attachment(picture.content, maintype=main, subtype=sub, filename=name)
    if picture.alt:
        part = list(message.iter_attachments())[-1]
        part["Content-Description"] = _line(picture.alt)[:500]


def _address(mailbox: str, name: str = "") -> Address:
    local, _, domain = mailbox.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()


def _body(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return (
        "\n".join(re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", line) for line in lines)
        + "\n"
    )
