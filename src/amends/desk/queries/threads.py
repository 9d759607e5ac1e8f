"""Posts by the conversations they are in."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Final

from django.db.models import F, Q, QuerySet

from amends.desk.models import PostRow

Key = tuple[str, str]
"""A post, or a conversation, by its network and its id there."""

ANSWERS: Final = ~Q(conversation=F("native_id"))
"""Every post but a conversation's first; in these words there is an index for them alone."""
FIRSTS: Final = Q(conversation=F("native_id"))
_NETWORK: Final = itemgetter(0)
_NATIVE: Final = itemgetter(1)


def in_threads(posts: QuerySet[PostRow], threads: Iterable[Key]) -> list[QuerySet[PostRow]]:
    """Those of the posts that are in these conversations, as look-ups with an index each: answers,
    also of other networks where ids are the same, and for each network the first posts."""
    known = by_network(threads)
    ids = {native for natives in known.values() for native in natives}
    firsts = posts.filter(FIRSTS)
    return [
        posts.filter(ANSWERS, conversation__among=ids),
        *(firsts.filter(network=one, native_id__among=ids) for one, ids in known.items()),
    ]


def by_network(keys: Iterable[Key]) -> dict[str, set[str]]:
    known = list(keys)
    networks = set(map(_NETWORK, known))  # a handful at most
    if len(networks) == 1:
        return {networks.pop(): set(map(_NATIVE, known))}
    return {one: {native for network, native in known if network == one} for one in networks}
