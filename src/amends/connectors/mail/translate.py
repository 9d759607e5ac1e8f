"""A mail to our post. Anything unreadable raises ``BadInput``."""

import hashlib
import re
from datetime import datetime

from amends.connectors.mail.automatic import Sender, failure, sender_of
from amends.connectors.mail.mime import Mail, read_mail, words
from amends.connectors.mail.quoting import newly_written
from amends.connectors.mail.settings import Settings, is_address
from amends.connectors.mail.signing import Signed, Signer, thread_of
from amends.terms import Author, Post, Ref

NETWORK = "mail"
MACHINE = "machine"
_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-delivered-to")
_ABOVE = ("in-reply-to", "references")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_REPLY = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|vs|odp|rif|ref|tr|fw|fwd|wg)(?:\[\d+\])?\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s<>\"'\]})]{1,2000}")
_MOST_LINKS = 50
_REPORT = 200_000  # bytes of a report that are looked at


class Reader:
    """Reads the mails of one mailbox."""

    def __init__(self, settings: Settings, signer: Signer) -> None:
        self._settings = settings
        self._signer = signer

    def read(self, raw: bytes, *, at: datetime, whole: bool = True) -> Post | None:
        """The post that a mail is; None for our own, and for lists and machines that answer nobody.

        ``at`` is when the mailbox took it in, ``whole`` whether ``raw`` is all of it. Raises
        ``BadInput``.
        """
        mail = read_mail(raw)
        if self.is_ours(mail):
            return None
        sender = sender_of(mail, self._settings.address)
        who = writer(mail)
        signed = self.signed(mail, who.handle or "", at)
        if signed is None and sender is Sender.BOUNCE:  # it shows the head of what came back
            signed = self._signer.read([raw[:_REPORT].decode("ascii", "replace")], "", at)
        if sender is Sender.LIST or (
            signed is None and sender in (Sender.BOUNCE, Sender.AUTO_REPLY)
        ):
            return None
        post_id = id_of(mail, raw)
        thread = signed.thread if signed else thread_of(post_id)
        text, links = words(mail)
        if sender is Sender.BOUNCE:
            text, links = failure(raw), ()
        text = newly_written(text)
        if not whole:
            text = f"{text}\n\n[The mail goes on; read the rest in the mailbox.]"
        return Post(
            id=post_id,
            text=_with_subject(mail, text, answers=signed is not None),
            network=NETWORK,
            author=author_of(who, thread, sender),
            created_at=at,
            visibility="private",
            conversation=thread,
            in_reply_to=self._parent(mail) if signed else None,
            links=links or tuple(dict.fromkeys(_LINK.findall(text)[:_MOST_LINKS])),
            media=mail.media,
        )

    def read_by_hand(self, raw: bytes, *, at: datetime, whole: bool = True) -> Post | None:
        """An answer of ours that was sent from a mail program; None for what the desk sent, and for
        what answers nothing. What lies among our sent mails is believed."""
        mail = read_mail(raw)
        above = message_ids(mail.first("references"), mail.first("in-reply-to"))
        if self.is_ours(mail) or not above:
            return None
        signed = self._signer.read(above, "", at)
        us = self._settings.address
        return Post(
            id=id_of(mail, raw),
            text=newly_written(words(mail)[0]) + ("" if whole else "\n\n[…]"),
            network=NETWORK,
            author=Author(id=us.lower(), handle=us),
            created_at=at,
            visibility="private",
            conversation=signed.thread if signed else thread_of(above[0]),
            in_reply_to=Ref(id=above[-1]),
            media=mail.media,
        )

    def is_ours(self, mail: Mail) -> bool:
        """Whether we wrote it: by the signature in its Message-ID, never by its From."""
        return self._signer.made(mail.all("message-id"))

    def signed(self, mail: Mail, who: str, at: datetime) -> Signed | None:
        """Whose thread it belongs to, by a token in its recipients or in what it answers."""
        return self._signer.read(mail.all(*_TO, *_ABOVE), who, at)

    def _parent(self, mail: Mail) -> Ref | None:
        found = _ID.findall(" ".join(mail.all(*_ABOVE)))
        parent = next((one for one in found if self._signer.made([one])), None)
        us = Author(id=self._settings.address.lower(), handle=self._settings.address)
        return Ref(id=parent, author=us) if parent else None


def id_of(mail: Mail, raw: bytes = b"") -> str:
    """The Message-ID; a digest where there is none that can be one."""
    found = _ID.search(mail.first("message-id"))
    if found and found[1].isprintable():
        return found[1]
    known = raw or repr(sorted(mail.headers.items())).encode("utf-8", "replace")
    return "digest:" + hashlib.sha256(known).hexdigest()[:40]


def writer(mail: Mail) -> Author:
    """Whom an answer would reach: Reply-To goes before From, so that nobody is shown as the author
    who would not be the one to read our answer."""
    shown = mail.addresses("from")
    answered = mail.addresses("reply-to")
    if len(answered) == 1:
        name = answered[0].name or (shown[0].name if shown else "")
        return Author(handle=answered[0].mailbox, name=name or None)
    return Author(handle=shown[0].mailbox, name=shown[0].name or None) if shown else Author()


def author_of(who: Author, thread: str, sender: Sender = Sender.PERSON) -> Author:
    """The author of a thread. Two threads have two, though both name one address: From proves
    nothing. A machine's cannot be written to."""
    kind = "" if sender is Sender.PERSON else f"{MACHINE} "
    address = who.handle or "unknown"
    return Author(id=f"{kind}{address}#{thread}", handle=who.handle or "unknown", name=who.name)


def addressee(author_id: str) -> tuple[str, str] | None:
    """The address and the thread of an author of ours; None for a machine's, and for others."""
    address, _, thread = author_id.rpartition("#")
    if not is_address(address) or not re.fullmatch(r"[a-z2-7]{16}", thread):
        return None
    return address, thread


def subject_of(mail: Mail) -> str:
    """What a mail is about, without the marks of answering and passing on."""
    return _REPLY.sub("", mail.said("subject")).strip()


def message_ids(*values: str) -> list[str]:
    """The Message-IDs in header values, each once, in order."""
    return list(dict.fromkeys(_ID.findall(" ".join(values))))


def _with_subject(mail: Mail, text: str, *, answers: bool) -> str:
    subject = subject_of(mail)
    if answers or not subject or text.startswith(subject):
        return text
    return f"{subject}\n\n{text}".strip()
