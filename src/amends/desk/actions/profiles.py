"""Profiles of those who wrote a batch's posts: as last heard, and each once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from amends.desk.actions.bulk import insert_new, new_keys, update_values
from amends.desk.models import AuthorRow
from amends.desk.queries.lookups import LookUp
from amends.desk.queries.roles import roles_of
from amends.desk.queries.threads import Key
from amends.terms import Author, Post


@dataclass(frozen=True, slots=True)
class Writers:
    """Who wrote posts. ``ids``: how each post's author is told from others, by the id on its network,
    else the handle; None where neither is known. ``latest``: what the last post tells of each, by
    network."""

    ids: Sequence[str | None]
    latest: Mapping[str, Mapping[str, Author]]


def writers_of(posts: Sequence[Post]) -> Writers:
    ids: list[str | None] = []
    latest: dict[str, dict[str, Author]] = defaultdict(dict)
    for post in posts:
        author, native = post.author, None
        if author is not None:
            native = author.id or (f"@{author.handle.lower()}" if author.handle else None)
            if native is not None:
                latest[post.network][native] = author
        ids.append(native)
    return Writers(ids, latest)


def store_profiles(
    posts: Sequence[Post], writers: Writers
) -> tuple[list[int | None], dict[int, int]]:
    """Profiles as last heard; those erased stay erased until they write anew, which this is. The
    primary keys of the posts' authors, and the customers of those who are somebody's."""
    customers: dict[int, int] = {}
    pks: dict[str, dict[str, int]] = {}
    fresh: list[Key] = []
    # In one order everywhere, so that two who meet the same people wait for each other one way.
    for network, latest in sorted(writers.latest.items()):
        pks[network] = _meet(network, latest, latest, customers)
        fresh += [(network, native) for native in sorted(latest.keys() - pks[network].keys())]
    made = new_keys(AuthorRow, len(fresh))
    met = _insert_profiles(made, fresh, [writers.latest[one][native] for one, native in fresh])
    for pk, (network, native) in zip(made, fresh, strict=True):
        pks[network][native] = pk
    if not met:  # somebody else met one at the same moment
        for network, latest in sorted(writers.latest.items()):
            again = [native for one, native in fresh if one == network]
            pks[network] |= _meet(network, latest, again, customers)
    wrote = zip(posts, writers.ids, strict=True)
    return [pks[post.network][one] if one is not None else None for post, one in wrote], customers


_PROFILES: Final = LookUp(
    lambda network, ids: AuthorRow.objects.filter(
        network=network, native_id__among=ids
    ).values_list("native_id", "pk", "handle", "name", "followers", "customer_id")
)


def _meet(
    network: str, latest: Mapping[str, Author], ids: Collection[str], customers: dict[int, int]
) -> dict[str, int]:
    """The primary keys of those who are stored, brought up to date; whose customer one is goes into
    ``customers``."""
    pks, changed = {}, []
    for native, pk, handle, name, followers, customer in _PROFILES(network, ids):
        pks[native] = pk
        if customer is not None:
            customers[pk] = customer
        author, old = latest[native], (handle, name, followers)
        if (author.handle, author.name, author.followers) == old:
            continue
        new = (
            (author.handle or handle)[:253],
            (author.name or name)[:640],
            followers if author.followers is None else author.followers,
        )
        if new != old:
            changed.append((pk, *new, None))
    update_values(AuthorRow, ("handle", "name", "followers", "erased_at"), sorted(changed))
    return pks


def _insert_profiles(pks: Sequence[int], keys: Sequence[Key], authors: Sequence[Author]) -> bool:
    """Whether none of them was there."""
    handles = [author.handle or "" for author in authors]
    accounts = [(key[0], handle) for key, handle in zip(keys, handles, strict=True)]
    roles = roles_of(accounts)
    columns: dict[str, Sequence[Any]] = {
        "id": pks,
        "network": [network for network, _ in keys],
        "native_id": [native for _, native in keys],
        "handle": [handle[:253] for handle in handles],
        "name": [(author.name or "")[:640] for author in authors],
        "followers": [author.followers for author in authors],
        "role": [roles.get(account) for account in accounts] if roles else [None] * len(keys),
    }
    return insert_new(AuthorRow, columns)
