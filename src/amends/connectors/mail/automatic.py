"""Whether a person wrote a mail: RFC 3834, delivery reports, mailing lists and bulk.

What a machine sent is never answered, so that two machines never talk to each other.
"""

import re
from enum import StrEnum

from amends.connectors.mail.mime import Mail

_DAEMONS = re.compile(r"^(mailer-daemon|postmaster|noreply-dmarc[\w.-]*)@", re.IGNORECASE)
_DAEMON = re.compile("daemon|postmaster|dmarc", re.IGNORECASE)
_REPLY_MARKS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_RECIPIENT = re.compile(
    r"^(?:final|original)-recipient:[^;\n]*;\s*(\S+)", re.IGNORECASE | re.MULTILINE
)
_DIAGNOSTIC = re.compile(
    r"^diagnostic-code:\s*[^;\n]*;\s*([^\n]+(?:\n[ \t][^\n]+)*)", re.IGNORECASE | re.MULTILINE
)


class Sender(StrEnum):
    """What sent a mail."""

    PERSON = "person"
    MACHINE = "machine"  # a form or a notice: worth reading, never answered
    AUTO_REPLY = "auto-reply"  # somebody is out of office
    BOUNCE = "bounce"  # a report that our mail was not delivered
    LIST = "list"  # a mailing list, or bulk mail


def sender_of(mail: Mail, own: str) -> Sender:
    """What sent a mail. ``own`` is our address: a group that bears it is no mailing list to us."""
    kind = mail.kind.lower()
    submitted = mail.first("auto-submitted").partition(";")[0].strip().lower()
    precedence = mail.first("precedence").strip().lower()
    if kind.startswith("multipart/report") or (_null_sender(mail) and _from_daemon(mail)):
        return Sender.BOUNCE if "disposition-notification" not in kind else Sender.AUTO_REPLY
    if (
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or mail.all(*_REPLY_MARKS)
    ):
        return Sender.AUTO_REPLY
    if _from_list(mail, own) or precedence in ("bulk", "junk"):
        return Sender.LIST
    if (submitted and submitted != "no") or _null_sender(mail) or _from_daemon(mail):
        return Sender.MACHINE
    return Sender.PERSON


def failure(raw: bytes) -> str:
    """What a delivery report says: for whom, and why."""
    told = raw[:200_000].decode("utf-8", "replace").replace("\r\n", "\n")
    recipient, diagnostic, status = (
        _RECIPIENT.search(told),
        _DIAGNOSTIC.search(told),
        _STATUS.search(told),
    )
    whom = f" to {recipient[1][:200]}" if recipient else ""
    why = " ".join(diagnostic[1].split())[:300] if diagnostic else status[1] if status else ""
    return f"Our mail{whom} could not be delivered{f': {why}' if why else ''}."


def _null_sender(mail: Mail) -> bool:
    return mail.first("return-path").replace(" ", "") == "<>"


def _from_daemon(mail: Mail) -> bool:
    if not _DAEMON.search(mail.first("from")):
        return False
    return any(_DAEMONS.match(one.mailbox) for one in mail.addresses("from"))


def _from_list(mail: Mail, own: str) -> bool:
    marked = mail.all("list-id", "list-post", "list-unsubscribe")
    if not marked and mail.first("precedence").strip().lower() != "list":
        return False
    local, _, domain = own.lower().partition("@")
    ours = (f"mailto:{own.lower()}", f"{local}.{domain}", own.lower())
    return not any(
        one in value.lower() for value in mail.all("list-id", "list-post") for one in ours
    )
