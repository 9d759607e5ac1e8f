"""Storing what was heard: posts, readings, mentions, dead letters and the cursor move together."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import F, QuerySet

from amends.casework import Outcome
from amends.desk.actions.book import Arrival
from amends.desk.actions.bulk import insert_rows, update_rows
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.intake import Circumstances, take_in
from amends.desk.actions.threads import conversations_of
from amends.desk.models import (
    AuthorRow,
    Brand,
    Case,
    ChannelRow,
    Cursor,
    DeadLetterRow,
    DropCount,
    MentionRow,
    PostRow,
    ReadingRow,
    WatchRow,
)
from amends.desk.queries.roles import roles_of
from amends.terms import Author, DeadLetter, Mention, Post, Reading


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
    with transaction.atomic():
        arrivals = keep_mentions(mentions, now=now)
        around = Circumstances(
            brand=brand, channel=channel, threshold=threshold, now=now, new_ref=new_ref
        )
        return take_in(arrivals, around)


def keep_mentions(mentions: Sequence[Mention], *, now: datetime) -> list[Arrival]:
    """Store posts with readings and matches, without deciding what they mean; the new ones."""
    with transaction.atomic():
        known = _known([m.post for m in mentions])
        _note_edits(mentions, known, now=now)
        fresh = {_key(m.post): m for m in mentions if _key(m.post) not in known}
        rows = _store_posts(list(fresh.values()), now=now)
        _store_readings(fresh, rows)
        kinds = _store_matches(fresh, rows)
        return [
            Arrival(row, fresh[key].reading, kinds.get(row.pk, frozenset()))
            for key, row in rows.items()
        ]


def match_again(mentions: Sequence[Mention]) -> None:
    """Note which watches match posts that are stored already, and which are ours or to us.

    Those in no case wait for intake again, unless they were removed or erased meanwhile.
    """
    with transaction.atomic():
        known = _known([m.post for m in mentions])
        matched = {_key(m.post): m for m in mentions if _key(m.post) in known}
        _store_matches(matched, known)
        ours = [known[key].pk for key, one in matched.items() if one.ours]
        PostRow.objects.filter(pk__in=ours).update(ours=True)
        for to_us in (True, False):
            rows = [known[key].pk for key, one in matched.items() if one.to_us is to_us]
            waiting = PostRow.objects.filter(pk__in=rows, place=None)
            waiting.filter(erased_at=None, deleted_at=None).update(taken_in=False, to_us=to_us)


Key = tuple[str, str]


def _key(post: Post) -> Key:
    return post.network, post.id


def seen(keys: Sequence[Key]) -> set[Key]:
    """Those of the posts that are stored already."""
    return set(_rows(keys).values_list("network", "native_id")) & set(keys)


def _rows(keys: Collection[Key]) -> QuerySet[PostRow]:
    networks, ids = {n for n, _ in keys}, {i for _, i in keys}
    return PostRow.objects.filter(network__in=networks, native_id__in=ids)


def _known(posts: Sequence[Post]) -> dict[Key, PostRow]:
    return {(row.network, row.native_id): row for row in _rows([_key(p) for p in posts])}


def _store_posts(mentions: Sequence[Mention], *, now: datetime) -> dict[Key, PostRow]:
    posts = [m.post for m in mentions]
    authors, threads = store_authors(posts), conversations_of(posts)
    rows = {_key(m.post): _post_row(m, authors, threads[_key(m.post)], now=now) for m in mentions}
    insert_rows(list(rows.values()))
    stored = _rows(rows).values_list("network", "native_id", "pk")
    for network, native, pk in stored:
        if (network, native) in rows:
            rows[network, native].pk = pk
    return rows


def author_key(post: Post) -> Key | None:
    """How a profile is told from others: its id, else its handle. None where neither is known."""
    if post.author is None or not (post.author.id or post.author.handle):
        return None
    return post.network, post.author.id or f"@{(post.author.handle or '').lower()}"


def store_authors(posts: Sequence[Post]) -> dict[Key, AuthorRow]:
    """Profiles as last heard; those erased stay erased until they write anew, which this is."""
    latest: dict[Key, Author] = {}
    for post in posts:
        key = author_key(post)
        if key is not None and post.author is not None:
            latest[key] = post.author
    roles = roles_of((key[0], author.handle or "") for key, author in latest.items())
    rows = [
        AuthorRow(
            network=key[0],
            native_id=key[1],
            handle=(author.handle or "")[:253],
            name=(author.name or "")[:640],
            followers=author.followers,
            role=roles.get((key[0], author.handle or "")),
        )
        for key, author in sorted(latest.items())
    ]
    insert_rows(rows, skip_known=True)
    stored = AuthorRow.objects.filter(
        network__in={k[0] for k in latest}, native_id__in={k[1] for k in latest}
    )
    found = {(row.network, row.native_id): row for row in stored}
    _refresh_authors(found, latest)
    return found


def _refresh_authors(found: Mapping[Key, AuthorRow], latest: Mapping[Key, Author]) -> None:
    changed = []
    for key, author in latest.items():
        row = found[key]
        new = (
            (author.handle or row.handle)[:253],
            (author.name or row.name)[:640],
            row.followers if author.followers is None else author.followers,
        )
        if new != (row.handle, row.name, row.followers):
            row.handle, row.name, row.followers = new
            row.erased_at = None
            changed.append(row)
    update_rows(changed, ["handle", "name", "followers", "erased_at"])


def _post_row(
    mention: Mention, authors: Mapping[Key, AuthorRow], conversation: str, *, now: datetime
) -> PostRow:
    post = mention.post
    key = author_key(post)
    return PostRow(
        network=post.network,
        native_id=post.id,
        url=post.url or "",
        author=authors[key] if key else None,
        created_at=min(post.created_at or now, now),  # nobody wrote it after we heard it
        edited_at=post.edited_at,
        text=post.text.replace("\0", "\N{REPLACEMENT CHARACTER}"),
        lang=(post.lang or "")[:35],
        private=post.visibility == "private",
        ours=mention.ours,
        to_us=mention.to_us,
        conversation=conversation,
        in_reply_to=post.in_reply_to.id if post.in_reply_to else "",
        repost_of=post.repost_of.id if post.repost_of else "",
        quote_of=msgspec.to_builtins(post.quote_of) if post.quote_of else None,
        links=list(post.links),
        media=[msgspec.to_builtins(one) for one in post.media],
        counts=post.counts,
        heard_at=now,
    )


def _store_readings(mentions: Mapping[Key, Mention], rows: Mapping[Key, PostRow]) -> None:
    insert_rows(
        [
            reading_row(rows[key], mention.reading)
            for key, mention in mentions.items()
            if mention.reading is not None
        ]
    )


def reading_row(row: PostRow, reading: Reading) -> ReadingRow:
    return ReadingRow(
        post_id=row.pk,
        complaint=reading.complaint,
        praise=reading.praise,
        question=reading.question,
        sentiment=reading.sentiment,
        why=list(reading.why),
        retraction=reading.retraction,
        model=reading.model,
    )


def _store_matches(
    mentions: Mapping[Key, Mention], rows: Mapping[Key, PostRow]
) -> dict[int, frozenset[str]]:
    """Store which watches matched; the kinds of watches by post."""
    kinds = {str(pk): kind for pk, kind in WatchRow.objects.values_list("pk", "kind")}
    matches, by_post = [], {}
    for key, mention in mentions.items():
        heard = {watch: words for watch, words in mention.watches.items() if watch in kinds}
        row = rows[key]
        by_post[row.pk] = frozenset(kinds[watch] for watch in heard)
        matches += [
            MentionRow(post_id=row.pk, watch_id=int(watch), words=list(words), at=row.created_at)
            for watch, words in heard.items()
        ]
    insert_rows(matches, skip_known=True)
    return by_post


def _note_edits(
    mentions: Sequence[Mention], known: Mapping[Key, PostRow], *, now: datetime
) -> None:
    for mention in mentions:
        row, post = known.get(_key(mention.post)), mention.post
        if row is None or row.erased_at or row.deleted_at or post.edited_at is None:
            continue
        edited_at = min(post.edited_at, now)  # a time to come would shut out every later edit
        if row.edited_at is not None and row.edited_at >= edited_at:
            continue
        changed = row.text != post.text
        row.text, row.edited_at = post.text, edited_at
        row.save(update_fields=["text", "edited_at"])
        if changed:
            _tell_case(row, "post.edited", now=now)


def note_deletions(network: str, ids: Sequence[str], *, now: datetime) -> int:
    """Mark posts their authors removed; a customer who removes their complaint has retracted it."""
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
    if kind == "post.deleted" and case.first_post_id == row.pk:
        case.outcome = Outcome.RETRACTED
        events.append(make_event(case, "outcome.noted", at=now, post=row.pk, outcome=case.outcome))
    case.save(update_fields=["outcome", "events", "head", "touched_at"])
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


def count_drops(source: str, dropped: Counter[str], *, now: datetime) -> None:
    """Add to the day's counts of posts dropped, by reason."""
    for reason, count in sorted(dropped.items()):
        row, _ = DropCount.objects.get_or_create(
            source=source[:512], reason=reason, day=now.date(), defaults={"count": 0}
        )
        DropCount.objects.filter(pk=row.pk).update(count=F("count") + count)


def move_cursor(channel: ChannelRow, source: str, value: str, *, now: datetime) -> None:
    Cursor.objects.update_or_create(
        channel=channel, source=source[:255], defaults={"value": value, "moved_at": now}
    )
