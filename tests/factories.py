"""What the tests put on the desk, through the same doors as the product."""

import itertools
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from amends.desk.actions import connect_channel, save_brand, save_watch
from amends.desk.actions.hearing import store_mentions
from amends.desk.models import Brand, Case, ChannelRow, PostRow, WatchRow
from amends.desk.models.ids import Turned, turned
from amends.desk.queries.prepared import prepared
from amends.terms import Author, Mention, Post, Reading, Ref, WatchKind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def brand(name: str = "Halcyon Air") -> Brand:
    route = "Please send us a private message."
    return next(iter(_brands(name)), None) or save_brand(None, name=name, contact_route=route)


@prepared
def _brands(name: str) -> QuerySet[Brand]:
    return Brand.objects.filter(name=name).order_by("pk")


def channel(network: str = "demo", handle: str = "halcyonair") -> ChannelRow:
    found = (one for one in _channels(network) if one.handle == handle)
    return next(found, None) or connect_channel(
        brand=brand(), network=network, handle=handle, settings={}, secrets={"token": "t"}
    )


def watch(kind: WatchKind = WatchKind.BRAND, *phrases: str) -> WatchRow:
    phrases = phrases or ("halcyon",)
    return next(iter(_watches(phrases[0])), None) or save_watch(
        None, brand=brand(), kind=kind, name=phrases[0], phrases=phrases, handles=[], hashtags=[]
    )


@prepared
def _channels(network: str) -> QuerySet[ChannelRow]:
    return ChannelRow.objects.filter(network=network).order_by("pk")


@prepared
def _watches(name: str) -> QuerySet[WatchRow]:
    return WatchRow.objects.filter(name=name).order_by("pk")


def reading(complaint: float = 0.9, praise: float = 0.0, question: float = 0.0) -> Reading:
    mood = "negative" if complaint >= 0.5 else "positive" if praise >= 0.5 else "neutral"
    scores = {name: 1.0 if name == mood else 0.0 for name in ("negative", "neutral", "positive")}
    return Reading(
        complaint=complaint,
        praise=praise,
        question=question,
        sentiment=mood,  # type: ignore[arg-type]
        sentiment_scores=scores,
        why=("delayed",) if complaint >= 0.5 else (),
        model="made-up",
    )


def mention(
    text: str = "Halcyon lost my bag",
    *,
    handle: str = "rosa",
    network: str = "demo",
    private: bool = False,
    complaint: float = 0.9,
    praise: float = 0.0,
    question: float = 0.0,
    conversation: str | None = None,
    in_reply_to: str | None = None,
    at: datetime | None = None,
    ours: bool = False,
    to_us: bool = False,
    native_id: str | None = None,
    edited_at: datetime | None = None,
    retraction: bool = False,
    watches: dict[str, tuple[str, ...]] | None = None,
) -> Mention:
    number = next(_numbers)
    post = Post(
        id=native_id or f"post-{number}",
        text=text,
        network=network,
        author=Author(id=f"id-{handle}", handle=handle, name=handle.title(), followers=10),
        created_at=at or NOON + timedelta(seconds=number % 50),
        edited_at=edited_at,
        visibility="private" if private else "public",
        conversation=conversation,
        in_reply_to=Ref(id=in_reply_to) if in_reply_to else None,
    )
    matched: dict[str, tuple[str, ...]] = {str(watch().pk): ("halcyon",)}
    if watches is not None:
        matched = watches
    read = None if ours else reading(complaint, praise, question)
    if read is not None and retraction:
        read = Reading(
            **{name: getattr(read, name) for name in read.__struct_fields__} | {"retraction": True}
        )
    return Mention(post=post, watches=matched, reading=read, ours=ours, to_us=to_us)


def store(*mentions: Mention, now: datetime | None = None) -> list[Case]:
    """Store and take in; the cases opened. ``now`` is noon, or when the last of them was written."""
    times = [t for one in mentions for t in (one.post.created_at, one.post.edited_at) if t]
    refs = (f"T{next(_numbers)}" for _ in itertools.count())
    network = mentions[0].post.network
    return store_mentions(
        mentions,
        brand=brand(),
        channel=next(iter(_channels(network)), None),
        threshold=0.5,
        now=now or max(NOON, *times),
        new_ref=lambda: next(refs),
    )


def heard(text: str = "Halcyon lost my bag", **facts: object) -> PostRow:
    one = mention(text, **facts)  # type: ignore[arg-type]
    store(one)
    [row] = _posts(one.post.network, turned(one.post.id))
    return row


@prepared
def _posts(network: str, turned_id: str) -> QuerySet[PostRow]:
    posts = PostRow.objects.alias(turned=Turned("native_id"))
    return posts.filter(network=network, turned=turned_id)


def heard_at_once(*mentions: Mention) -> None:
    """As ``heard``, one after another, but in one batch: for lists that are long."""
    channel()
    store(*mentions)


def case(text: str = "Halcyon lost my bag", **facts: object) -> Case:
    """A new case, with a channel to answer on."""
    channel(str(facts.get("network", "demo")))
    [opened] = _holding(heard(text, **facts).pk)
    return opened


@prepared
def _holding(post: int) -> QuerySet[Case]:
    return Case.objects.filter(places__post=post)
