"""Which conversation a post belongs to, where the network names only what it answers.

A post points to its conversation's first post, or else to the post it answers. Followed to the end,
that is its conversation; where the end is not stored yet, posts wait under its id, and when it comes
and points on, they move. So a thread is the same in whatever order its posts are stored.
"""

from collections.abc import Collection, Mapping, Sequence

from amends.desk.actions.bulk import update_values
from amends.desk.models import Case, PostRow
from amends.desk.queries.threads import ANSWERS, Key, by_network
from amends.terms import Post


def conversations_of(posts: Sequence[Post]) -> dict[Key, str]:
    """The conversation of each of these new posts; stored ones that waited for them are moved.

    Runs inside the transaction that stores the posts.
    """
    points = {(post.network, post.id): _points_to(post) for post in posts}
    stored = _conversations(set(points.values()) - points.keys())
    found = {key: key for key, point in points.items() if key == point}
    answers = [key for key in points if key not in found]
    for key in answers:
        _follow(key, points, stored, found)
    moved = {key: found[key] for key in answers if found[key] != key}
    found |= {key: _last(first, moved) for key, first in moved.items()}
    _move_those_below({key: found[key][1] for key in moved if found[key] != key})
    return {key: first[1] for key, first in found.items()}


def _points_to(post: Post) -> Key:
    """Itself where it begins a conversation."""
    answered = post.in_reply_to.id if post.in_reply_to else post.id
    return post.network, post.conversation or answered


def _conversations(keys: Collection[Key]) -> dict[Key, Key]:
    return {
        (network, native): (network, first)
        for network, ids in by_network(keys).items()
        for native, first in PostRow.objects.filter(
            network=network, native_id__among=ids
        ).values_list("native_id", "conversation")
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


def _move_those_below(moved: Mapping[Key, str]) -> None:
    if not moved:
        return
    firsts = {first for _, first in moved}
    for model, waiting in ((PostRow, PostRow.objects.filter(ANSWERS)), (Case, Case.objects.all())):
        # The network is compared below: asked in SQL, SQLite goes through all of it.
        rows = waiting.filter(conversation__among=firsts)
        below = [
            (pk, moved[network, first])
            for pk, network, first in rows.values_list("pk", "network", "conversation")
            if (network, first) in moved
        ]
        if not below:  # nor does a case wait: its first post would
            return
        update_values(model, ("conversation",), below)
