"""Which accounts speak for whom: a brand's own, and those of other companies."""

from django.db.models import QuerySet

from amends.desk.models import AuthorRow, Brand, ChannelRow, WatchRow
from amends.desk.queries.prepared import prepared
from amends.terms import Channel, WatchKind

Account = tuple[str, str]
"""Network and handle, folded; network "" stands for any."""


def bare(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()


def own_accounts(brand: Brand) -> list[Channel]:
    """The accounts that are connected for a brand, and the handles of its brand watches."""
    return [
        *(Channel(network=network, handle=handle) for network, handle in _connected(brand.pk)),
        *(Channel(network="", handle=one) for handles in _watched_as(brand.pk) for one in handles),
    ]


@prepared
def _connected(brand: int) -> QuerySet[ChannelRow, tuple[str, str]]:
    rows = ChannelRow.objects.filter(brand=brand).order_by("pk")
    return rows.values_list("network", "handle")


@prepared
def _watched_as(brand: int) -> QuerySet[WatchRow, list[str]]:
    watched = WatchRow.objects.filter(brand=brand, kind=WatchKind.BRAND, active=True)
    return watched.order_by("pk").values_list("handles", flat=True)


def other_companies(brand: Brand) -> frozenset[Account]:
    """Accounts of the desk's other brands and of competitors: no customers, whatever they say."""
    theirs = {(network, bare(handle)) for network, handle in _of_others(brand.pk)}
    for kind, watcher, handles in _watched():
        if kind == WatchKind.COMPETITOR or watcher != brand.pk:
            theirs |= {("", bare(handle)) for handle in handles}
    if not theirs:
        return frozenset()
    own = {bare(channel.handle) for channel in own_accounts(brand)}
    return frozenset(one for one in theirs if one[1] not in own)


@prepared
def _of_others(brand: int) -> QuerySet[ChannelRow, tuple[str, str]]:
    return ChannelRow.objects.exclude(brand=brand).values_list("network", "handle")


@prepared
def _watched() -> QuerySet[WatchRow, tuple[str, int, list[str]]]:
    kinds = (WatchKind.BRAND, WatchKind.COMPETITOR)
    watched = WatchRow.objects.filter(kind__in=kinds, active=True)
    return watched.values_list("kind", "brand_id", "handles")


def is_one_of(author: AuthorRow | None, accounts: frozenset[Account]) -> bool:
    if author is None or not accounts:
        return False
    handle = bare(author.handle)
    return ("", handle) in accounts or (author.network, handle) in accounts
