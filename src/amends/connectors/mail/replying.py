"""Answers in a thread, finding them again, and the thread itself."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from amends.connectors.calling import Caller
from amends.connectors.mail.compose import Letter, Picture, composed
from amends.connectors.mail.imap import Imap, imap_date, quoted
from amends.connectors.mail.mailbox import Item, Mailbox
from amends.connectors.mail.mime import Mail, read_mail, words
from amends.connectors.mail.quoting import newly_written
from amends.connectors.mail.sending import Submission
from amends.connectors.mail.settings import Settings
from amends.connectors.mail.signing import Signer, thread_of
from amends.connectors.mail.translate import (
    NETWORK,
    Reader,
    addressee,
    id_of,
    message_ids,
    subject_of,
)
from amends.terms import (
    Author,
    BadInput,
    ConnectorError,
    DeliveryUnknown,
    Post,
    Published,
    Ref,
    TryLater,
)

_LOOKED_AT = 60  # mails of one writer
_LOOK_AGAIN = timedelta(minutes=10)
_LATER = timedelta(hours=1)
_UNSENT = "\\draft"  # stands on our copy until the server has taken the mail


class Replies:
    """What we write. Raises ``ConnectorError`` and its kin only."""

    def __init__(
        self,
        settings: Settings,
        mailbox: Mailbox,
        submission: Submission,
        signer: Signer,
        reader: Reader,
        caller: Caller,
    ) -> None:
        self._settings = settings
        self._mailbox = mailbox
        self._submission = submission
        self._signer = signer
        self._reader = reader
        self._caller = caller

    async def send(
        self, text: str, *, to: Author, attempt: str, pictures: Sequence[Picture] = ()
    ) -> Published:
        """Answer the newest mail of a thread."""
        if not text.strip() and not pictures:
            raise ConnectorError("The mail is empty. Write something first.")
        address, thread = self._addressee(to)
        now = self._caller.clock.now()
        ids = self._ids(address, thread, attempt)
        message_id = ids[0]
        async with self._mailbox.turn() as imap:
            letter = await self._letter(imap, text, address, thread, message_id)
            letter = msgspec.structs.replace(letter, pictures=pictures)
            raw = composed(letter, self._settings, now)
            copies = await self._sent_as(imap, ids)
            if taken := [one for one in copies if _UNSENT not in one.flags]:
                return self._published(_id(taken[0], ids), taken)
            await self._check_caps(imap, address)
            if self._settings.copies == "desk":
                await self._mailbox.remove(imap, [one.uid for one in copies])
                folder = await self._mailbox.sent(imap)
                await self._mailbox.append(imap, folder, raw, flags="\\Seen \\Draft", at=now)
        try:
            await self._submission.send(raw, to=address)
        except DeliveryUnknown:
            raise
        except ConnectorError:
            await self._tidy(message_id, sent=False)
            raise
        await self._tidy(message_id, sent=True)
        return Published(id=message_id, url=None, at=now)

    async def look_up(self, attempt: str, *, to: Author) -> Published | None:
        address, thread = self._addressee(to)
        ids = self._ids(address, thread, attempt)
        async with self._mailbox.turn() as imap:
            copies = await self._sent_as(imap, ids)
        taken = [one for one in copies if _UNSENT not in one.flags]
        if taken:
            return self._published(_id(taken[0], ids), taken)
        if copies:
            msg = (
                "The connection was lost while the mail server took the mail, and only its log knows"
                " the end. Look there or ask the customer, then decide."
            )
            raise TryLater(msg, self._caller.clock.now() + _LOOK_AGAIN)
        return None

    async def thread(self, post_id: str) -> Sequence[Post]:
        """A thread's mails, oldest first. Raises ``ConnectorError`` where there is no such mail."""
        async with self._mailbox.turn() as imap:
            await self._mailbox.examine(imap, self._settings.folder)
            first = await self._posts(imap, await self._named(imap, post_id))
            if not first:
                msg = "The mail is no longer in the mailbox."
                raise ConnectorError(msg)
            thread = first[0].conversation or ""
            found = addressee(first[0].author.id or "") if first[0].author else None
            uids = await self._mailbox.search(imap, "TO", quoted(thread))
            uids += await self._mailbox.search(imap, "HEADER", "In-Reply-To", quoted(thread))
            if found:
                uids += await self._mailbox.search(imap, "FROM", quoted(found[0]))
            posts = first + await self._posts(imap, sorted(set(uids))[-_LOOKED_AT:])
            await self._mailbox.examine(imap, await self._mailbox.sent(imap))
            ours = await self._mailbox.search(imap, "HEADER", "Message-ID", quoted(thread))
            posts += await self._ours(imap, ours[-_LOOKED_AT:], thread)
        told = {post.id: post for post in posts if post.conversation == thread}
        return sorted(
            told.values(), key=lambda post: (post.created_at or self._caller.latest, post.id)
        )

    async def _check_caps(self, imap: Imap, address: str) -> None:
        """Raise ``TryLater`` where so much went out since yesterday that something must be wrong:
        an address that was forged must not become somebody's flood. Sent is selected."""
        now = self._caller.clock.now()
        since = f"SINCE {imap_date(now - timedelta(days=1))}"
        whole, each = self._settings.most_a_day, self._settings.most_a_day_each
        to_them = len(await self._mailbox.search(imap, since, "TO", quoted(address)))
        if to_them >= each or len(await self._mailbox.search(imap, since)) >= whole:
            whom = (
                f"{to_them} mails went to this address"
                if to_them >= each
                else f"{whole} mails went out"
            )
            msg = (
                f"{whom} since yesterday, as many as the channel's settings allow; this one waits."
            )
            raise TryLater(msg, now + _LATER)

    def _addressee(self, author: Author) -> tuple[str, str]:
        found = addressee(author.id or "")
        if found is None:
            msg = (
                "This cannot be answered by mail: no person wrote it from an address of their own."
            )
            raise ConnectorError(msg)
        return found

    def _ids(self, address: str, thread: str, attempt: str) -> list[str]:
        """The Message-IDs that an attempt may have gone out by; the first is the one of now."""
        now, name = self._caller.clock.now(), self._signer.attempt(attempt)
        tokens = self._signer.tokens(thread, address, now, self._settings.reply_days)
        return [f"{token}.{name}@{self._settings.domain}" for token in tokens]

    async def _letter(
        self, imap: Imap, text: str, address: str, thread: str, message_id: str
    ) -> Letter:
        answered = await self._newest(imap, address, thread)
        above = [*message_ids(answered.first("references")), id_of(answered)] if answered else []
        return Letter(
            to=address,
            subject=subject_of(answered) if answered else "",
            text=text,
            message_id=message_id,
            reply_to=self._settings.reply_to(message_id[:37]),
            references=[
                one
                for one in dict.fromkeys(above)
                if not one.startswith("digest:") and one.isascii()
            ],
        )

    async def _newest(self, imap: Imap, address: str, thread: str) -> Mail | None:
        """The head of the last mail of theirs in a thread; None where it was moved away."""
        await self._mailbox.examine(imap, self._settings.folder)
        mailbox = quoted(address)
        uids = await self._mailbox.search(
            imap, "OR", "FROM", mailbox, "HEADER", "Reply-To", mailbox
        )
        for item in reversed(await self._mailbox.heads(imap, uids[-_LOOKED_AT:])):
            try:
                mail = read_mail(item.raw)
            except BadInput:
                continue
            signed = self._reader.signed(mail, address, item.at)
            if (signed.thread if signed else thread_of(id_of(mail))) == thread:
                return mail
        return None

    async def _sent_as(self, imap: Imap, ids: Sequence[str]) -> list[Item]:
        """The copies among what was sent; those that are to be removed count for nothing."""
        await self._mailbox.examine(imap, await self._mailbox.sent(imap), write=True)
        uids = {
            uid
            for one in ids
            for uid in await self._mailbox.search(imap, "HEADER", "Message-ID", quoted(one))
        }
        items = await self._mailbox.heads(imap, sorted(uids))
        return [one for one in items if "\\deleted" not in one.flags]

    async def _tidy(self, message_id: str, *, sent: bool) -> None:
        """Let our copy say what came of it; where that fails now, looking it up asks a person."""
        if self._settings.copies == "server":
            return
        try:
            async with self._mailbox.turn() as imap:
                copies = await self._sent_as(imap, [message_id])
                drafts = [one.uid for one in copies if _UNSENT in one.flags]
                if sent and len(copies) == len(drafts):
                    await self._mailbox.mark(imap, drafts, "-FLAGS.SILENT (\\Draft)")
                else:  # the server kept one of its own, or nothing was sent
                    await self._mailbox.remove(imap, drafts)
        except ConnectorError:
            return

    def _published(self, message_id: str, copies: Sequence[Item]) -> Published:
        return Published(id=message_id, url=None, at=min(one.at for one in copies))

    async def _named(self, imap: Imap, post_id: str) -> list[int]:
        if not post_id.isascii() or not post_id.isprintable():
            return []
        return await self._mailbox.search(imap, "HEADER", "Message-ID", quoted(post_id))

    async def _posts(self, imap: Imap, uids: Sequence[int]) -> list[Post]:
        posts = []
        for item in await self._mails(imap, uids):
            try:
                post = self._reader.read(item.raw, at=item.at, whole=len(item.raw) >= item.size)
            except BadInput:
                continue  # the listener keeps its own dead letter of it
            posts += [post] if post else []
        return posts

    async def _ours(self, imap: Imap, uids: Sequence[int], thread: str) -> list[Post]:
        us = Author(id=self._settings.address.lower(), handle=self._settings.address)
        posts = []
        for item in await self._mails(imap, uids):
            mail = read_mail(item.raw)
            above = message_ids(mail.first("in-reply-to"))
            if self._reader.is_ours(mail) and _UNSENT not in item.flags:
                posts.append(
                    Post(
                        id=id_of(mail),
                        text=newly_written(words(mail)[0]),
                        network=NETWORK,
                        author=us,
                        created_at=item.at,
                        visibility="private",
                        conversation=thread,
                        in_reply_to=Ref(id=above[0]) if above else None,
                    )
                )
        return posts

    async def _mails(self, imap: Imap, uids: Sequence[int]) -> list[Item]:
        measured = await self._mailbox.measured(imap, uids)
        most = self._settings.largest_kb * 1000
        found = await self._mailbox.whole(imap, list(measured.values()), most)
        return [
            msgspec.structs.replace(one, flags=measured[uid].flags) for uid, one in found.items()
        ]


def _id(item: Item, ids: Sequence[str]) -> str:
    head = item.raw.decode("ascii", "replace")
    return next((one for one in ids if one in head), ids[0])
