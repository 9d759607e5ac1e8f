"""Evidence: kept as it came, with its time and its hash in the case's chain."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from amends.casework import Action
from amends.casework.evidence import Proof, Source, check_file, fingerprint, prove
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, CaseEvent, Claim, Evidence, PostRow, Responder
from amends.terms import Author, BadInput, NotAllowed, Post, Ref, encode_post
from amends.text import storable

GIVE_UP: Final = timedelta(days=1)
"""How long a network is asked for a post that is to be kept."""
_ODD: Final = re.compile(r"[^\w.()\[\] -]+")


def keep_post(claim: Claim, post: PostRow, *, by: Responder, now: datetime) -> Evidence:
    """Keep a post as the desk stored it, and have the network asked for it as it stands there."""
    with held(claim.case, by=by, action=Action.WORK) as case:
        if post.erased_at is not None:
            raise BadInput("The text of this post was erased; nothing is left to keep.")
        if claim.evidence.filter(post=post).exists():
            raise BadInput("This post is kept already.")
        made, events = keeping(case, claim, post, by=by, now=now)
        write(case, events)
    return made


def keeping(
    case: Case, claim: Claim, post: PostRow, *, by: Responder, now: datetime
) -> tuple[Evidence, list[CaseEvent]]:
    """As ``keep_post``, for whoever holds the case."""
    stored = Evidence(
        claim=claim, source=Source.DESK, post=post, name=f"post-{post.pk}-as-stored.json",
        origin=post.url, data=as_stored(post), by=by, at=now,
    )  # fmt: skip
    event = _seal(case, stored, by=by, now=now)
    Evidence.objects.create(
        claim=claim, source=Source.NETWORK, post=post, name=f"post-{post.pk}.json", by=by, at=now,
        ask_at=now,
    )  # fmt: skip
    return stored, [event]


def keep_file(claim: Claim, *, name: str, data: bytes, by: Responder, now: datetime) -> Evidence:
    """Keep a file as it is: a screenshot, a letter, a record. Raises ``BadInput``."""
    check_file(data)
    with held(claim.case, by=by, action=Action.WORK) as case:
        made = Evidence(
            claim=claim, source=Source.FILE, name=_file_name(name), data=data, by=by, at=now
        )
        write(case, [_seal(case, made, by=by, now=now)])
    return made


def _seal(case: Case, row: Evidence, *, by: Responder | None, now: datetime) -> CaseEvent:
    """Write the bytes with their hash; the event that puts the hash into the chain."""
    row.sha256, row.size, row.kept_at = fingerprint(bytes(row.data)), len(row.data), now
    row.ask_at, row.reason = None, ""
    row.save()
    return make_event(
        case, "evidence.kept", at=now, by=by, evidence=row.pk, claim=row.claim_id,
        source=str(row.source), sha256=row.sha256,
    )  # fmt: skip


def _file_name(name: str) -> str:
    """A name that is safe in a header and on any disk."""
    last = storable(name).replace("\\", "/").rpartition("/")[2]
    return _ODD.sub("_", last).strip(" .")[-120:] or "file"


def as_stored(post: PostRow) -> bytes:
    """A post as the desk has it, as one line of JSON in our schema."""
    who = post.author
    author = None
    if who is not None:
        author = Author(
            id=who.native_id, handle=who.handle or None, name=who.name or None,
            followers=who.followers,
        )  # fmt: skip
    return encode_post(
        Post(
            id=post.native_id, network=post.network, url=post.url or None, author=author,
            created_at=post.created_at, edited_at=post.edited_at, text=post.text,
            lang=post.lang or None, visibility="private" if post.private else "public",
            conversation=post.conversation, links=tuple(post.links), counts=dict(post.counts),
            in_reply_to=Ref(id=post.in_reply_to) if post.in_reply_to else None,
            repost_of=Ref(id=post.repost_of) if post.repost_of else None,
            quote_of=_quoted(post.quote_of),
        )
    )  # fmt: skip


def _quoted(quote: dict[str, object] | None) -> Ref | None:
    if not quote:
        return None
    text = quote.get("text")
    return Ref(id=str(quote.get("id", "")), text=str(text) if text is not None else None)


def settle_kept(row: Evidence, *, data: bytes, origin: str, now: datetime) -> None:
    """The network answered: its bytes, as they came."""
    with held(row.claim.case, by=None, action=None) as case:
        fresh = Evidence.objects.select_for_update().get(pk=row.pk)
        if fresh.kept_at is not None or fresh.erased_at is not None:
            return
        fresh.data, fresh.origin = data, storable(origin)
        write(case, [_seal(case, fresh, by=None, now=now)])


def settle_missed(row: Evidence, *, reason: str, now: datetime, again: datetime | None) -> None:
    """It could not be had: it is asked for again at ``again``, or never."""
    with held(row.claim.case, by=None, action=None) as case:
        fresh = Evidence.objects.select_for_update().get(pk=row.pk)
        if fresh.kept_at is not None or fresh.ask_at is None:
            return
        over = again is None or again > fresh.at + GIVE_UP
        fresh.reason, fresh.ask_at = storable(reason), None if over else again
        fresh.save(update_fields=["reason", "ask_at"])
        if over:
            write(case, [make_event(case, "evidence.missed", at=now, evidence=row.pk)])


def ask_again(row: Evidence, *, by: Responder, now: datetime) -> None:
    """Have the network asked once more for what could not be had."""
    with held(row.claim.case, by=by, action=Action.WORK):
        if row.kept_at is not None or row.erased_at is not None:
            raise NotAllowed("This evidence is kept already, or was erased.")
        Evidence.objects.filter(pk=row.pk).update(ask_at=now, at=now, reason="")


def erasing(case: Case, rows: Iterable[Evidence], *, now: datetime) -> list[CaseEvent]:
    """Take the bytes away, for whoever holds the case; their hashes stay, here and in the chain."""
    events = []
    for row in rows:
        row.data, row.erased_at, row.ask_at, row.origin = b"", now, None, ""
        row.save(update_fields=["data", "erased_at", "ask_at", "origin"])
        events.append(make_event(case, "evidence.erased", at=now, evidence=row.pk))
    return events


def proofs(rows: Iterable[Evidence]) -> Iterator[tuple[Evidence, Proof]]:
    """Each piece of evidence with what holding it against its hashes shows."""
    rows = list(rows)
    kept: dict[int, str] = {}
    gone: dict[int, set[int]] = defaultdict(set)
    cases = {row.claim.case_id for row in rows}
    told = CaseEvent.objects.filter(case__in=cases, kind__in=["evidence.kept", "evidence.erased"])
    for case, kind, data in told.values_list("case", "kind", "data"):
        if kind == "evidence.kept":
            kept[data["evidence"]] = data["sha256"]
        else:
            gone[case].add(data["evidence"])
    for row in rows:
        erased = row.pk in gone[row.claim.case_id]
        known = row.kept_at is not None or row.pk in kept
        yield (
            row,
            prove(
                bytes(row.data), row.sha256, in_chain=kept.get(row.pk), kept=known, erased=erased
            ),
        )
