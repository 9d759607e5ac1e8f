"""Which conversation a post belongs to, where the network names only what it answers.

A post points to its conversation's first post, or else to the post it answers. Followed to the end,
that is its conversation; where the end is not stored yet, posts wait under its id, and when it comes
and points on, they move. So a thread is the same in whatever order its posts are stored.
"""

from collections.abc import Collection, Mapping, Sequence

from amends.desk.actions.bulk import update_rows
from amends.desk.models import Case, PostRow
from amends.terms import Post

Key = tuple[str, str]
"""A post, or a conversation, by its network and its id there."""


def conversations_of(posts: Sequence[Post]) -> dict[Key, str]:
    """The conversation of each of these new posts; stored ones that waited for them are moved.

    Runs inside the transaction that stores the posts.
    """
    points = {(post.network, post.id): _points_to(post) for post in posts}
    stored = _conversations(set(points.values()) - points.keys())
    found: dict[Key, Key] = {}
    for key in points:
        _follow(key, points, stored, found)
    moved = {key: first for key, first in found.items() if first != key}
    found = {key: _last(first, moved) for key, first in found.items()}
    _move_those_below({key: found[key][1] for key in moved if found[key] != key})
    return {key: first[1] for key, first in found.items()}


def _points_to(post: Post) -> Key:
    """Itself where it begins a conversation."""
    answered = post.in_reply_to.id if post.in_reply_to else post.id
    return post.network, post.conversation or answered


def _conversations(keys: Collection[Key]) -> dict[Key, Key]:
    if not keys:
        return {}
    networks, ids = {n for n, _ in keys}, {i for _, i in keys}
    rows = PostRow.objects.filter(network__in=networks, native_id__in=ids)
    facts = rows.values_list("network", "native_id", "conversation")
    return {(network, native): (network, first) for network, native, first in facts}


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


def _move_those_below(moved: Mapping[Key, str]) -> None:
    if not moved:
        return
    for model in (PostRow, Case):
        # The network is compared below: asked in SQL, SQLite goes through all of it.
        rows = model.objects.filter(conversation__in={first for _, first in moved})
        rows = rows.only("network", "conversation")
        below = [row for row in rows if (row.network, row.conversation) in moved]
        for row in below:
            row.conversation = moved[row.network, row.conversation]
        update_rows(below, ["conversation"])
