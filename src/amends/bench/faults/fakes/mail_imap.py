"""The IMAP half of the fake mail server: one connection to its mailbox."""

import asyncio
import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from amends.bench.faults.serving import HANG_S, Asked, Fault, Said
from amends.connectors.mail.imap import imap_time, internal_date

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\x00)|(\([^()]*\))|([^ ()]+(?:\([^()]*\)\])?\S*)')
Writer = asyncio.StreamWriter
Reader = asyncio.StreamReader


@dataclass
class Stored:
    uid: int
    at: datetime
    raw: bytes
    flags: set[str] = field(default_factory=set)

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


class ImapSession:
    """One connection to the mailbox."""

    def __init__(self, fake: Any, reader: Reader, writer: Writer) -> None:
        self.fake, self.reader, self.writer = fake, reader, writer
        self.folder = ""
        self.signed_in = False

    async def run(self) -> None:
        self.writer.write(f"* OK [CAPABILITY {self.fake.able}] fake\r\n".encode())
        while True:
            words = await self._words()
            if not words:
                return
            tag, *rest = words
            verb = rest[0].decode().upper()
            if verb == "UID":
                verb = f"UID {rest[1].decode().upper()}"
                rest = rest[1:]
            if verb == "IDLE":
                await self._idle(tag)
                continue
            asked = Asked(verb, "imap", {}, {}, b" ".join(rest[1:]))
            self.fake.seen.append(asked)
            if not await self._answer(tag, verb, rest[1:], self.fake._fault(asked)):
                return

    async def _answer(self, tag: bytes, verb: str, words: list[bytes], fault: Fault | None) -> bool:
        if fault is not None and fault.before is not None:
            said = fault.before
            self.writer.write(
                said.body
                if isinstance(said.body, bytes) and said.body
                else tag + _refused_imap(said)
            )
            await self.writer.drain()
            return said.status in (401, 429)
        lines, done = self._do(verb, words)
        said_whole = b"".join(lines) + tag + b" " + done + b"\r\n"
        if fault is None:
            self.writer.write(said_whole)
            await self.writer.drain()
            return verb != "LOGOUT"
        return await end(self.writer, said_whole, fault)

    async def _words(self) -> list[bytes]:
        text, literals = b"", list[bytes]()
        while True:
            line = await self.reader.readline()
            found = _LITERAL.search(line)
            if found is None:
                text += line.strip()
                break
            if not found[2]:
                self.writer.write(b"+ go on\r\n")
            text += line[: found.start()] + b"\0"
            literals.append(await self.reader.readexactly(int(found[1])))
        given = iter(literals)
        return [
            next(given)
            if nul
            else (group or atom or quoted.replace(b'\\"', b'"').replace(b"\\\\", b"\\"))
            for quoted, nul, group, atom in _TOKEN.findall(text)
        ]

    def _do(self, verb: str, words: list[bytes]) -> tuple[list[bytes], bytes]:
        fake = self.fake
        if verb in ("LOGIN", "AUTHENTICATE"):
            given = words[1] if verb == "LOGIN" else base64.b64decode(words[1])
            self.signed_in = any(one.encode() in given for one in fake.passwords)
            return [], b"OK in" if self.signed_in else b"NO [AUTHENTICATIONFAILED] Wrong password"
        if verb == "CAPABILITY":
            return [f"* CAPABILITY {fake.able}\r\n".encode()], b"OK done"
        if verb in ("NOOP", "LOGOUT"):
            return [], b"OK done"
        if not self.signed_in:
            return [], b"NO Sign in first"
        return self._with_mails(verb, words)

    def _with_mails(self, verb: str, words: list[bytes]) -> tuple[list[bytes], bytes]:
        fake = self.fake
        mails = fake.folders.get(self.folder, [])
        if verb == "LIST":
            marks = {"Sent": " \\Sent"}
            found = [
                f'* LIST (\\Marked{marks.get(one, "")}) "/" "{one}"\r\n' for one in fake.folders
            ]
            return [line.encode() for line in found], b"OK done"
        if verb in ("SELECT", "EXAMINE"):
            self.folder = words[0].decode()
            if self.folder not in fake.folders:
                return [], b"NO [NONEXISTENT] There is no such folder"
            told = f"* OK [UIDVALIDITY {fake.validity}] x\r\n* OK [UIDNEXT {fake._uids + 1}] x\r\n"
            return [f"* {len(mails)} EXISTS\r\n{told}".encode()], b"OK [READ-WRITE] done"
        if verb == "APPEND":
            fake.put(words[-1], words[0].decode(), at=internal_date(words[2]))
            fake.folders[words[0].decode()][-1].flags = set(
                words[1].decode().lower().strip("()").split()
            )
            return [], b"OK done"
        if verb == "UID SEARCH":
            found_uids = " ".join(str(one.uid) for one in mails if _matches(one, list(words)))
            return [f"* SEARCH {found_uids}".rstrip().encode() + b"\r\n"], b"OK done"
        chosen = [one for one in mails if _in(one.uid, words[0].decode())]
        if verb == "UID FETCH":
            return [_fetched(one, words[1:]) for one in chosen], b"OK done"
        if verb == "UID STORE":
            flags = set(words[2].decode().lower().strip("()").split())
            for one in chosen:
                one.flags = one.flags - flags if words[1].startswith(b"-") else one.flags | flags
            return [], b"OK done"
        if verb == "UID EXPUNGE":
            fake.folders[self.folder] = [one for one in mails if one not in chosen]
            return [], b"OK done"
        return [], b"BAD What is that?"

    async def _idle(self, tag: bytes) -> None:
        self.writer.write(b"+ idling\r\n")
        done = asyncio.create_task(self.reader.readline())
        async with self.fake._news:
            told = asyncio.create_task(self.fake._news.wait())
            # Waiting lets go of the condition, and takes it again in the task.
            self.fake._news.release()
            try:
                await asyncio.wait({done, told}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                told.cancel()
                await asyncio.gather(told, return_exceptions=True)
                await self.fake._news.acquire()
        if not done.done():
            self.writer.write(f"* {len(self.fake.folders[self.folder])} EXISTS\r\n".encode())
        await done
        self.writer.write(tag + b" OK done\r\n")


def _matches(one: Stored, words: list[bytes]) -> bool:
    """Whether a mail meets all that is asked for."""
    while words:
        if not _next_matches(one, words):
            return False
    return True


def _next_matches(one: Stored, words: list[bytes]) -> bool:
    kind = words.pop(0).decode().upper()
    match kind:
        case "CHARSET":
            words.pop(0)
            return True
        case "OR":
            first = _next_matches(one, words)
            return _next_matches(one, words) or first
        case "UID":
            return _in(one.uid, words.pop(0).decode())
        case "SINCE":
            day = internal_date(words.pop(0) + b" 00:00:00 +0000")
            assert day is not None
            return one.at >= day
        case "FROM" | "TO":
            return _holds(one, kind, words.pop(0))
        case "HEADER":
            name = words.pop(0).decode()
            return _holds(one, name, words.pop(0))
    raise AssertionError(f"the fake cannot search by {kind}")


def _holds(one: Stored, name: str, wanted: bytes) -> bool:
    return any(
        wanted.decode().lower() in str(value).lower() for value in one.message.get_all(name, [])
    )


def _in(uid: int, numbers: str) -> bool:
    for part in numbers.split(","):
        low, _, high = part.partition(":")
        if int(low) <= uid and (high == "*" or uid <= int(high or low)):
            return True
    return False


def _fetched(one: Stored, words: Iterable[bytes]) -> bytes:
    asked = b" ".join(words).decode()
    flags = " ".join(sorted(one.flags)).title()
    head = f"* {one.uid} FETCH (UID {one.uid} RFC822.SIZE {len(one.raw)} FLAGS ({flags}) INTERNALDATE {imap_time(one.at)}"
    if "BODY" not in asked:
        return f"{head})\r\n".encode()
    whole = one.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in asked else one.raw
    most = re.search(r"<0\.(\d+)>", asked)
    part = whole[: int(most[1])] if most else whole
    return f"{head} BODY[] {{{len(part)}}}\r\n".encode() + part + b")\r\n"


def _refused_imap(said: Said) -> bytes:
    codes = {429: "LIMIT] Slow down", 401: "AUTHORIZATIONFAILED] The account is gone"}
    return f" NO [{codes.get(said.status, 'UNAVAILABLE] A fault')}\r\n".encode()


async def end(writer: Writer, said: bytes, fault: Fault | None) -> bool:
    """The answer as a fault leaves it; whether the connection goes on."""
    if fault is not None and fault.hang:
        await asyncio.sleep(HANG_S)
    if fault is not None and (fault.hang or fault.drop):
        return False
    spoilt = fault.spoil(said) if fault is not None and fault.spoil else said
    writer.write(spoilt[: fault.cut] if fault is not None and fault.cut is not None else spoilt)
    await writer.drain()
    return fault is None
