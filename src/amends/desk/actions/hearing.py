"""Storing what was heard: posts, readings, mentions, dead letters and the cursor move together."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from amends.casework import Outcome
from amends.desk.actions.bulk import insert_rows, look_up_by_index
from amends.desk.actions.cases import AWAITED
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.claim_ends import retracted
from amends.desk.actions.intake import Circumstances, hold, note_abuse, take_in
from amends.desk.actions.keeping import (
    Heard,
    Kept,
    find_place,
    key_of,
    match_stored,
    stored,
    write_out,
    written,
)
from amends.desk.actions.mattering import that_matter
from amends.desk.actions.memory import store_by_the_thousand, uncollected
from amends.desk.actions.reading_again import put_readings, read_again
from amends.desk.models import (
    Brand,
    Case,
    ChannelRow,
    Cursor,
    DeadLetterRow,
    DropCount,
    PostRow,
)
from amends.desk.queries.threads import Key
from amends.terms import DeadLetter, Mention, Post, Reading


@dataclass(frozen=True, slots=True)
class Prepared:
    """Mentions as they came, and what of them is written out."""

    mentions: Sequence[Mention]
    heard: Heard


def prepare(mentions: Sequence[Mention], *, now: datetime) -> Prepared:
    """All that can be done of storing them before the transaction."""
    return Prepared(mentions, write_out({key_of(one.post): one for one in mentions}, now=now))


def store_mentions(
    mentions: Sequence[Mention],
    *,
    brand: Brand,
    channel: ChannelRow | None,
    threshold: float,
    now: datetime,
    new_ref: Callable[[], str],
) -> list[Case]:
    """Store posts that are new, note edits of those that are not, and take the new ones in.

    Returns the cases opened. The same mention twice changes nothing.
    """
    around = Circumstances(
        brand=brand, channel=channel, threshold=threshold, now=now, new_ref=new_ref
    )
    return store_prepared(prepare(mentions, now=now), around)


def store_prepared(batch: Prepared, around: Circumstances) -> list[Case]:
    """As ``store_mentions``."""
    with transaction.atomic(savepoint=False), uncollected():
        return _store(batch, around)  # what it made is gone before anything is collected


def _store(batch: Prepared, around: Circumstances) -> list[Case]:
    hold(around.brand)
    kept, edited = _sorted_out(batch, taken_in=True)
    writing: AbstractContextManager[None] = written(kept)
    if edited or any(kept.columns["ours"]):  # of whom threads are looked through, with what is new
        with writing:
            writing = nullcontext()
    again = read_again(edited, around)
    chosen, held = that_matter(kept, around)
    arrivals = [kept.arrival(at) for at in chosen]
    return again + take_in(arrivals, around, held, meanwhile=writing)


def keep_mentions(mentions: Sequence[Mention], *, now: datetime) -> int:
    """Store posts with readings and matches, without deciding what they mean; how many are new."""
    store_by_the_thousand()
    with uncollected():
        batch = prepare(mentions, now=now)
        with transaction.atomic():
            kept, edited = _sorted_out(batch, taken_in=False)
            put_readings(edited)
            with written(kept):
                pass
            return len(kept)


def _sorted_out(batch: Prepared, *, taken_in: bool) -> tuple[Kept, dict[int, Reading]]:
    """What is new, as it is to be stored; and of stored posts that were edited, how they read now."""
    look_up_by_index()
    heard, now = batch.heard, batch.heard.now
    known = stored(heard.mentions)
    edited: dict[int, Reading] = {}
    if known:
        again = [one for one in batch.mentions if key_of(one.post) in known]
        edited = _note_edits(again, now=now)
        fresh = {key: one for key, one in heard.mentions.items() if key not in known}
        heard = write_out(fresh, now=now)
    return find_place(heard, taken_in=taken_in), edited


def match_again(mentions: Sequence[Mention]) -> None:
    """Note which watches match posts that are stored already, and which are ours or to us.

    Those in no case wait for intake again, unless they were removed or erased meanwhile.
    """
    with transaction.atomic():
        known = stored(key_of(one.post) for one in mentions)
        if not known:
            return
        matched = {key_of(m.post): m for m in mentions if key_of(m.post) in known}
        match_stored(matched, known)
        ours = [known[key] for key, one in matched.items() if one.ours]
        PostRow.objects.filter(pk__in=ours).update(ours=True)
        for to_us in (True, False):
            rows = [known[key] for key, one in matched.items() if one.to_us is to_us]
            waiting = PostRow.objects.filter(pk__in=rows, place=None)
            waiting.filter(erased_at=None, deleted_at=None).update(taken_in=False, to_us=to_us)


def seen(keys: Sequence[Key]) -> set[Key]:
    """Those of the posts that are stored already."""
    return set(stored(keys))


def _note_edits(mentions: Sequence[Mention], *, now: datetime) -> dict[int, Reading]:
    """Of mentions whose posts are stored: the later text and its time, and a word to the case. How
    those read now whose text changed."""
    edited = [one for one in mentions if one.post.edited_at is not None]
    keys = {key_of(one.post) for one in edited}
    networks, ids = {network for network, _ in keys}, {native for _, native in keys}
    rows = PostRow.objects.filter(network__in=networks, native_id__in=ids) if keys else ()
    known = {(row.network, row.native_id): row for row in rows}
    again: dict[int, Reading] = {}
    for mention in edited:
        row = known[key_of(mention.post)]
        if _note_edit(row, mention.post, now=now) and mention.reading is not None:
            again[row.pk] = mention.reading
    return again


def _note_edit(row: PostRow, post: Post, *, now: datetime) -> bool:
    """Whether the text is another now."""
    if row.erased_at or row.deleted_at or post.edited_at is None:
        return False
    edited_at = min(post.edited_at, now)  # a time to come would shut out every later edit
    if row.edited_at is not None and row.edited_at >= edited_at:
        return False
    changed = row.text != post.text
    row.text, row.edited_at = post.text, edited_at
    row.save(update_fields=["text", "edited_at"])
    if changed:
        _tell_case(row, "post.edited", now=now)
    return changed


def note_deletions(network: str, ids: Sequence[str], *, now: datetime) -> int:
    """Mark posts their authors removed; a customer who removes their complaint has retracted it."""
    if not ids:
        return 0
    gone = PostRow.objects.filter(network=network, native_id__in=ids, deleted_at=None)
    for row in gone:
        row.deleted_at = now
        row.save(update_fields=["deleted_at"])
        _tell_case(row, "post.deleted", now=now)
    return len(gone)


def _tell_case(row: PostRow, kind: str, *, now: datetime) -> None:
    case = Case.objects.select_for_update().filter(places__post=row).first()
    if case is None:
        return
    events = [make_event(case, kind, at=now, post=row.pk)]
    if kind == "post.edited":
        case.places.filter(post=row).update(abusive_at=note_abuse(case, row, None))
    if kind == "post.deleted":
        events += retracted(case, row, now=now, deleted=True)
    if kind == "post.deleted" and case.first_post_id == row.pk:
        case.outcome, case.outcome_at, case.silent_at = Outcome.RETRACTED, now, None
        events.append(make_event(case, "outcome.noted", at=now, post=row.pk, outcome=case.outcome))
    case.save(update_fields=[*AWAITED, "abusive_at", "events", "head", "touched_at"])
    for event in events:
        event.save()


def store_dead(letters: Sequence[DeadLetter], *, now: datetime) -> None:
    """Keep what could not be read, once for each cause."""
    DeadLetterRow.objects.bulk_create(
        [
            DeadLetterRow(
                source=one.source[:512],
                line=one.line,
                reason=one.reason,
                raw=one.raw[:2000].replace("\0", "\N{REPLACEMENT CHARACTER}"),
                at=one.at or now,
                fingerprint=_fingerprint(one),
            )
            for one in letters
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


def _fingerprint(letter: DeadLetter) -> str:
    body = f"{letter.line}\n{letter.reason}\n{letter.raw}"
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


_ADD = (
    "ON CONFLICT (source, reason, day) DO UPDATE SET count = desk_dropcount.count + excluded.count"
)


def count_drops(source: str, dropped: Counter[str], *, now: datetime) -> None:
    """Add to the day's counts of posts dropped, by reason."""
    rows = [
        DropCount(source=source[:512], reason=reason, day=now.date(), count=count)
        for reason, count in sorted(dropped.items())
    ]
    insert_rows(rows, known=_ADD)


def move_cursor(channel: ChannelRow, source: str, value: str, *, now: datetime) -> None:
    Cursor.objects.bulk_create(
        [Cursor(channel=channel, source=source[:255], value=value, moved_at=now)],
        update_conflicts=True,
        update_fields=["value", "moved_at"],
        unique_fields=["channel", "source"],
    )
