"""X's posts, messages and pages, as JSON, to our posts. Anything unreadable raises ``BadInput``.

Read leniently: X uses both ``_tweet`` and ``_post`` names, and puts errors beside data.
"""

import html
from collections.abc import Mapping
from typing import Any

from amends.connectors.fields import (
    mapping_of,
    mappings_of,
    text_of,
    time_of,
    web_link,
    whole_of,
)
from amends.terms import Author, BadInput, Media, Post, Ref

NETWORK = "x"

Json = Mapping[str, Any]

_COUNTS = {
    "reply_count": "replies",
    "retweet_count": "reposts",
    "repost_count": "reposts",
    "quote_count": "quotes",
    "like_count": "likes",
    "impression_count": "views",
    "bookmark_count": "bookmarks",
}
_MEDIA = {"photo": "image", "video": "video", "animated_gif": "video"}


class Includes:
    """Users, posts and media that a page carries beside its data, by their ids."""

    def __init__(self, includes: Mapping[str, Any]) -> None:
        self.users = _by(includes.get("users"), "id")
        self.posts = _by(includes.get("tweets"), "id") | _by(includes.get("posts"), "id")
        self.media = _by(includes.get("media"), "media_key")

    def author(self, author_id: str | None) -> Author | None:
        if author_id is None:
            return None
        user = self.users.get(author_id, {})
        return Author(
            id=author_id,
            handle=text_of(user.get("username")),
            name=text_of(user.get("name")),
            bio=text_of(user.get("description")),
            followers=whole_of(mapping_of(user.get("public_metrics")).get("followers_count")),
        )

    def ref(self, post_id: str, author_id: str | None = None) -> Ref:
        there = self.posts.get(post_id, {})
        text = _text(there) if there else None
        return Ref(
            id=post_id, author=self.author(text_of(there.get("author_id")) or author_id), text=text
        )


def read_post(value: Json, around: Includes) -> Post:
    """A post, with what the answer carries beside it."""
    post_id, author_id = need_id(value), text_of(value.get("author_id"))
    author = around.author(author_id)
    handle = author.handle if author and author.handle else "i"
    created_at = time_of(value.get("created_at"))
    return Post(
        id=post_id,
        text=_text(value),
        network=NETWORK,
        url=f"https://x.com/{handle}/status/{post_id}",
        author=author,
        created_at=created_at,
        edited_at=created_at if _is_edit(value) else None,
        lang=_lang(value),
        conversation=text_of(value.get("conversation_id")),
        in_reply_to=_refers(value, around, "replied_to"),
        repost_of=_refers(value, around, "retweeted") or _refers(value, around, "reposted"),
        quote_of=_refers(value, around, "quoted"),
        links=_links(value),
        media=_media(value, around),
        counts=_counts(value),
    )


def read_message(value: Json, around: Includes) -> Post:
    """A ``MessageCreate`` event of the direct messages."""
    return Post(
        id=need_id(value),
        text=_text(value),
        network=NETWORK,
        author=around.author(text_of(value.get("sender_id"))),
        created_at=time_of(value.get("created_at")),
        visibility="private",
        conversation=text_of(value.get("dm_conversation_id")),
        links=_links(value),
        media=_media(value, around),
    )


def _refers(value: Json, around: Includes, kind: str) -> Ref | None:
    listed = value.get("referenced_tweets") or value.get("referenced_posts")
    for reference in mappings_of(listed):
        found = text_of(reference.get("id"))
        if reference.get("type") == kind and found:
            author_id = text_of(value.get("in_reply_to_user_id")) if kind == "replied_to" else None
            return around.ref(found, author_id)
    if kind == "replied_to":
        # Events of the activity API name the post answered so.
        found = text_of(value.get("in_reply_to_tweet_id") or value.get("in_reply_to_post_id"))
        return around.ref(found, text_of(value.get("in_reply_to_user_id"))) if found else None
    return None


def _text(value: Json) -> str:
    """The whole text: a long post keeps it apart; X escapes three characters as in HTML."""
    note = mapping_of(value.get("note_tweet") or value.get("note_post"))
    text = note.get("text") or value.get("text")
    if not isinstance(text, str):
        raise BadInput("The post has no text.")
    return html.unescape(text)


def _links(value: Json) -> tuple[str, ...]:
    listed = mappings_of(mapping_of(value.get("entities")).get("urls"))
    links = (web_link(one.get("expanded_url")) or web_link(one.get("url")) for one in listed)
    return tuple(dict.fromkeys(link for link in links if link))


def _media(value: Json, around: Includes) -> tuple[Media, ...]:
    keys = mapping_of(value.get("attachments")).get("media_keys")
    known = [around.media.get(str(key), {}) for key in keys] if isinstance(keys, list) else []
    return tuple(
        Media(
            kind=_MEDIA.get(str(one.get("type")), "other"),
            url=web_link(one.get("url")) or web_link(one.get("preview_image_url")),
            alt=text_of(one.get("alt_text")),
        )
        for one in known
    )


def _counts(value: Json) -> dict[str, int]:
    metrics = mapping_of(value.get("public_metrics"))
    counted = {
        ours: whole_of(metrics.get(theirs)) for theirs, ours in _COUNTS.items() if theirs in metrics
    }
    return {name: number for name, number in counted.items() if number is not None}


def _is_edit(value: Json) -> bool:
    history = value.get("edit_history_tweet_ids") or value.get("edit_history_post_ids")
    return isinstance(history, list) and len(history) > 1 and history[0] != value.get("id")


def _lang(value: Json) -> str | None:
    lang = text_of(value.get("lang"))
    return None if lang in ("und", "zxx") or (lang or "").startswith("q") else lang


def need_id(value: Json) -> str:
    """The id of an object. Raises ``BadInput``."""
    found = text_of(value.get("id"))
    if found is None:
        raise BadInput("The post has no id.")
    return found


def _by(listed: object, key: str) -> dict[str, Mapping[str, Any]]:
    return {str(one[key]): one for one in mappings_of(listed) if key in one}
