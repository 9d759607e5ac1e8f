"""The deep tier at leisure: what was stored on the fast tier's word and is uncertain or weighs much."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from amends.desk.actions.intake import Circumstances, hold
from amends.desk.actions.reading import Asked, DeskReader, desk_reader
from amends.desk.actions.reading_again import let_go, read_again, waiting
from amends.desk.models import Brand, ChannelRow, DeepWait, MentionRow, PostRow
from amends.desk.workers.database import DatabaseThread
from amends.terms import Clock, Reading
from amends.understanding import Reader

AT_A_TIME: Final = 64
KEPT: Final = 5_000
"""Of more that wait the oldest are let go: what is read after an hour helps nobody."""
_BATCHES: Final = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """Posts of one brand that wait, and what reads them."""

    brand: Brand
    reader: DeskReader
    asked: Mapping[int, Asked]


@dataclass(slots=True)
class Deepener:
    """Reads what waits, the newest first, batches of like length, beside listening and never in it."""

    reader: Reader
    clock: Clock
    database: DatabaseThread
    new_ref: Callable[[], str]
    aside: Callable[..., asyncio.Future[dict[int, Reading]]] = field(default=asyncio.to_thread)  # type: ignore[assignment]

    async def tick(self) -> None:
        """Read what waits, for a few batches at most; then others have their turn."""
        for _ in range(_BATCHES):
            groups = await self.database(self._next)
            if not groups:
                return
            for group in groups:
                readings = await self.aside(_deeper, group)
                await self.database(lambda g=group, r=readings: self._put(g, r))  # type: ignore[misc]

    def _next(self) -> list[Waiting]:
        pks = waiting(most=AT_A_TIME)
        if len(pks) == AT_A_TIME:
            let_go(keep=KEPT)
        return waiting_by_brand(pks, self.reader) if pks else []

    def _put(self, group: Waiting, readings: Mapping[int, Reading]) -> None:
        brand = group.brand
        with transaction.atomic():
            hold(brand)
            # Texts may have changed meanwhile; what an edit brought was read then.
            still = DeepWait.objects.filter(post__in=readings).values_list("post_id", "post__text")
            fresh = {pk: readings[pk] for pk, text in still if text == group.asked[pk].text}
            first = PostRow.objects.filter(pk__in=fresh).order_by("pk").first()
            channel = _channel(brand, first.network) if first else None
            around = Circumstances(
                brand=brand,
                channel=channel,
                threshold=brand.threshold or self.reader.threshold,
                now=self.clock.now(),
                new_ref=self.new_ref,
            )
            read_again(fresh, around)
            DeepWait.objects.filter(post__in=readings).delete()


def _deeper(group: Waiting) -> dict[int, Reading]:
    readings = group.reader.deeper(list(group.asked.values()))
    return dict(zip(group.asked, readings, strict=True))


def _channel(brand: Brand, network: str) -> ChannelRow | None:
    rows = ChannelRow.objects.filter(brand=brand, network=network, enabled=True)
    return rows.order_by("pk").first()


def waiting_by_brand(pks: Sequence[int], reader: Reader) -> list[Waiting]:
    """What waits, by the brand whose watches heard it; what no watch hears any more goes unread."""
    matched: dict[int, dict[int, list[str]]] = {}
    rows = MentionRow.objects.filter(post__in=pks).order_by("watch_id")
    for post, watch, brand in rows.values_list("post_id", "watch_id", "watch__brand"):
        if not any(post in posts for other, posts in matched.items() if other != brand):
            matched.setdefault(brand, {}).setdefault(post, []).append(str(watch))
    texts = PostRow.objects.filter(pk__in=pks, erased_at=None, deleted_at=None)
    found = {pk: (text, lang) for pk, text, lang in texts.values_list("pk", "text", "lang")}
    heard = {post for posts in matched.values() for post in posts if post in found}
    DeepWait.objects.filter(post__in=set(pks) - heard).delete()
    return [
        Waiting(
            brand,
            desk_reader(reader, brand),
            {
                post: Asked(found[post][0], found[post][1] or None, watches, near=True)
                for post, watches in matched[brand.pk].items()
                if post in found
            },
        )
        for brand in Brand.objects.filter(pk__in=matched)
    ]
