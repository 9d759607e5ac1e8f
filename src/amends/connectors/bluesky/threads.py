"""Conversations as the AppView shows them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from amends.connectors.bluesky.api import Api
from amends.connectors.bluesky.errors import Refusal
from amends.connectors.bluesky.translate import read_view
from amends.terms import Author, BadInput, Post, Ref

_FAR = 1000  # the most levels that may be asked for
_OLDEST = datetime(1, 1, 1, tzinfo=UTC)


async def thread(api: Api, post_id: str) -> Sequence[Post]:
    """The whole conversation around a post, oldest first; removed and blocked posts are left out.

    Raises ``ConnectorError`` where the post is gone.
    """
    around = await _posts(api, post_id, above=_FAR)
    root = around.get(post_id)
    if root is not None and root.conversation not in (None, post_id):
        with suppress(Refusal):  # the first post is gone; what hangs on it is still there
            around |= await _posts(api, str(root.conversation), above=0)
    named = _named(around)
    return sorted(named, key=lambda post: (post.created_at or _OLDEST, post.id))


async def revisit(api: Api, post_ids: Sequence[str]) -> tuple[list[Post], list[str]]:
    """Posts as the AppView has them now, and the ids of those it no longer has."""
    there: dict[str, Any] = {}
    for start in range(0, len(post_ids), 25):
        asked = list(post_ids[start : start + 25])
        answer = await api.query("app.bsky.feed.getPosts", {"uris": asked})
        views = answer.get("posts")
        found = views if isinstance(views, list) else []
        there |= {str(view.get("uri")): view for view in found if isinstance(view, dict)}
    posts = []
    for view in there.values():
        with suppress(BadInput):  # unreadable now: what was heard first stays
            posts.append(read_view(view))
    missing = [post_id for post_id in post_ids if post_id not in there]
    return posts, [post_id for post_id in missing if await _is_gone(api, post_id)]


async def _is_gone(api: Api, post_id: str) -> bool:
    """A list leaves out posts of those who block us too; only "not found" means removed."""
    try:
        answer = await api.query("app.bsky.feed.getPostThread", {"uri": post_id, "depth": 0})
    except Refusal as refusal:
        return refusal.name == "NotFound"
    thread = answer.get("thread")
    kind = thread.get("$type") if isinstance(thread, dict) else None
    return kind == "app.bsky.feed.defs#notFoundPost"


async def _posts(api: Api, uri: str, *, above: int) -> dict[str, Post]:
    params = {"uri": uri, "depth": _FAR, "parentHeight": above}
    answer = await api.query("app.bsky.feed.getPostThread", params)
    found: dict[str, Post] = {}
    for view in _views(answer.get("thread")):
        try:
            post = read_view(view)
        except BadInput:  # shown nowhere; the listener keeps its own dead letter of it
            continue
        found[post.id] = post
    return found


def _views(node: object) -> Iterator[Any]:
    """Every post of a tree of ``threadViewPost``, without recursion: threads can be deep."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("post"), dict):
            yield one["post"]
        waiting.append(one.get("parent"))
        replies = one.get("replies")
        waiting.extend(replies if isinstance(replies, list) else [])


def _named(posts: dict[str, Post]) -> Iterator[Post]:
    """The posts, each naming the author it answers where that post is here too."""
    for post in posts.values():
        answered = post.in_reply_to and posts.get(post.in_reply_to.id)
        if not answered or not answered.author:
            yield post
            continue
        author = Author(id=answered.author.id, handle=answered.author.handle)
        fields = {name: getattr(post, name) for name in post.__struct_fields__}
        yield Post(**fields | {"in_reply_to": Ref(id=answered.id, author=author)})
