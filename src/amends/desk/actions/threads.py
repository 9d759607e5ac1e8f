"""Which conversation a post belongs to, where the network names only what it answers.

A post points to its conversation's first post, or else to the post it answers. Followed to the end,
that is its conversation; where the end is not stored yet, posts wait under its id, and when it comes
and points on, they move. So a thread is the same in whatever order its posts are stored.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from amends.desk.actions.bulk import update_values
from amends.desk.models import Case, PostRow
from amends.desk.queries.lookups import LookUp
from amends.desk.queries.threads import ANSWERS, Key, by_network
from amends.terms import Post


def conversations_of(keys: Sequence[Key], posts: Sequence[Post]) -> list[Key]:
    """The conversation of each of these new posts; stored ones that waited for them are moved.

    Runs inside the transaction that stores the posts.
    """
    points = _points(keys, posts)
    if not points:
        return list(keys)
    new = set(keys)
    stored = _conversations(set(points.values()).difference(new))
    found: dict[Key, Key] = {}
    for key, point in points.items():
        if point in new:
            _follow(key, points, stored, found)
        else:
            found[key] = stored.get(point, point)
    moved = {key: first for key, first in found.items() if first != key}
    found |= {key: _last(first, moved) for key, first in moved.items()}
    _move_those_below({key: found[key][1] for key in moved if found[key] != key})
    return [found.get(key, key) for key in keys]


def _points(keys: Sequence[Key], posts: Sequence[Post]) -> dict[Key, Key]:
    """What answers point to; a post that begins a conversation points nowhere."""
    firsts = [
        post.conversation or (post.in_reply_to.id if post.in_reply_to else key[1])
        for key, post in zip(keys, posts, strict=True)
    ]
    return {
        key: (key[0], first) for key, first in zip(keys, firsts, strict=True) if first != key[1]
    }


_CONVERSATIONS: Final = LookUp(
    lambda network, ids: PostRow.objects.filter(network=network, native_id__among=ids).values_list(
        "native_id", "conversation"
    )
)


def _conversations(keys: Collection[Key]) -> dict[Key, Key]:
    return {
        (network, native): (network, first)
        for network, ids in by_network(keys).items()
        for native, first in _CONVERSATIONS(network, ids)
    }


def _follow(
    key: Key, points: Mapping[Key, Key], stored: Mapping[Key, Key], found: dict[Key, Key]
) -> None:
    path: list[Key] = []
    while key in points and key not in found and key not in path:
        path.append(key)
        key = points[key]
    first = found.get(key) or stored.get(key) or key
    found.update(dict.fromkeys(path, first))


def _last(conversation: Key, moved: Mapping[Key, Key]) -> Key:
    """Where a conversation ends: a stored post may have waited for one of these."""
    been = set()
    while conversation in moved and conversation not in been:
        been.add(conversation)
        conversation = moved[conversation]
    return conversation


_WAITING: Final = LookUp(
    lambda _, ids: PostRow.objects.filter(ANSWERS, conversation__among=ids).values_list(
        "pk", "network", "conversation"
    )
)


def _move_those_below(moved: Mapping[Key, str]) -> None:
    if not moved:
        return
    firsts = {first for _, first in moved}
    # The network is compared below: asked in SQL, SQLite goes through all of it.
    if not _move(PostRow, _WAITING("", firsts), moved):
        return  # nor does a case wait: its first post would
    cases = Case.objects.filter(conversation__among=firsts)
    _move(Case, cases.values_list("pk", "network", "conversation"), moved)


def _move(
    model: type[PostRow | Case], waiting: Iterable[tuple[Any, ...]], moved: Mapping[Key, str]
) -> bool:
    below = [
        (pk, moved[network, first]) for pk, network, first in waiting if (network, first) in moved
    ]
    update_values(model, ("conversation",), below)
    return bool(below)
