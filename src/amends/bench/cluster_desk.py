"""The desk of a trial of a cluster: set up before it, looked through after it."""

import msgspec

from amends.bench.flood import BRAND


def set_up_desk(channel: str, watches: int) -> None:
    """A brand with a channel (``network:handle``) and so many watches, of which one finds posts."""
    from amends.desk.actions import connect_channel, save_brand
    from amends.desk.models import WatchRow

    brand = save_brand(None, name="Brindlewing")
    network, _, handle = channel.partition(":")
    connect_channel(brand=brand, network=network, handle=handle, settings={}, secrets={})
    queries = [BRAND, *(f"zq{n}a (zq{n}b OR zq{n}c)" for n in range(1, watches))]
    WatchRow.objects.bulk_create(
        WatchRow(brand=brand, kind="brand", name=f"watch {number}", query=query)
        for number, query in enumerate(queries)
    )


class Stored(msgspec.Struct):
    """``heard`` counts posts that were stored, or dropped for a reason, those as often as a message
    came; ``twice`` posts that entered cases more than once."""

    ids: list[str]
    removed: set[str]
    heard: int
    twice: int
    dead: int


def stored() -> Stored:
    """What the desk has in the end."""
    from django.db.models import Sum

    from amends.desk.models import CaseEvent, DeadLetterRow, DropCount, MentionRow, PostRow

    posts = list(PostRow.objects.values_list("native_id", "deleted_at"))
    entered = list(
        CaseEvent.objects.filter(kind__in=["case.opened", "post.attached"]).values_list(
            "data__post", flat=True
        )
    )
    dropped = DropCount.objects.aggregate(all=Sum("count"))["all"] or 0
    return Stored(
        ids=[native for native, _ in posts],
        removed={native for native, deleted_at in posts if deleted_at is not None},
        heard=len(posts) + dropped,
        twice=len(entered) - len(set(entered)) + MentionRow.objects.count() - len(posts),
        dead=DeadLetterRow.objects.count(),
    )
