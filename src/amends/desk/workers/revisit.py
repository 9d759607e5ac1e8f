"""Looking again at the posts of running cases, where polling tells of no edit and no removal."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from amends.casework import LIVE, CaseState
from amends.connectors.protocol import Revisits
from amends.desk.actions.reading import Asked, desk_reader
from amends.desk.models import ChannelRow, MentionRow, PostRow
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.sink import DeskSink
from amends.listening import Batch
from amends.listening.clean import clean_post
from amends.terms import Clock, ConnectorError, Mention, Post
from amends.text import storable
from amends.understanding import Reader

log = logging.getLogger(__name__)

YOUNG = timedelta(days=14)  # older posts are seldom edited or removed
SETTLED = timedelta(seconds=30)  # what a stream brings is not at once where we look again
MOST = 500


def posts_to_revisit(channel: ChannelRow, *, now: datetime) -> dict[str, str]:
    """Text by id of what others wrote in public in cases that are not over, newest first."""
    posts = PostRow.objects.filter(
        network=channel.network,
        place__case__brand=channel.brand_id,
        place__case__state__in=[*LIVE, CaseState.RESOLVED],
        private=False,
        ours=False,
        deleted_at=None,
        erased_at=None,
        created_at__gte=now - YOUNG,
        heard_at__lte=now - SETTLED,
    )
    return dict(posts.order_by("-created_at").values_list("native_id", "text")[:MOST])


async def revisit(
    channel: ChannelRow,
    connector: Revisits,
    *,
    sink: DeskSink,
    clock: Clock,
    database: DatabaseThread,
    reader: Reader,
) -> None:
    """Store what was edited or removed since; a network that cannot be asked now is asked later."""
    known = await database(lambda: posts_to_revisit(channel, now=clock.now()))
    if not known:
        return
    try:
        posts, gone = await connector.revisit(list(known))
    except ConnectorError as error:
        log.info("Posts on %s could not be looked at again: %s", channel.network, error)
        return
    edited = _edited(posts, known, now=clock.now())
    batch = Batch(
        source="revisit",
        mentions=await database(lambda: _read(edited, channel, reader)) if edited else (),
        deleted=tuple(map(storable, gone)),
    )
    if batch.mentions or batch.deleted:
        await database(lambda: sink.store(batch))


def _edited(posts: Sequence[Post], known: dict[str, str], *, now: datetime) -> tuple[Mention, ...]:
    heard = [clean_post(post) for post in posts]
    changed = [post for post in heard if known.get(post.id, post.text) != post.text]
    return tuple(
        Mention(post=msgspec.structs.replace(post, edited_at=post.edited_at or now), watches={})
        for post in changed
    )


def _read(mentions: Sequence[Mention], channel: ChannelRow, reader: Reader) -> tuple[Mention, ...]:
    """With what their texts say now, of whom the watches are that matched them at first."""
    ids = [one.post.id for one in mentions]
    matched: dict[str, list[str]] = {}
    rows = MentionRow.objects.filter(post__network=channel.network, post__native_id__in=ids)
    for native, watch in rows.values_list("post__native_id", "watch_id"):
        matched.setdefault(native, []).append(str(watch))
    asked = [
        Asked(one.post.text, one.post.lang, matched.get(one.post.id, ()), near=True)
        for one in mentions
    ]
    readings = desk_reader(reader, channel.brand_id).read(asked)
    pairs = zip(mentions, readings, strict=True)
    return tuple(msgspec.structs.replace(one, reading=reading) for one, reading in pairs)
