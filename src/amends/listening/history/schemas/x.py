"""X API v2: bare posts, pages, stream lines and activity events.

Read leniently: X uses both ``_tweet`` and ``_post`` names, and puts errors beside data.
"""

import html
from collections.abc import Iterator, Mapping
from typing import Any

from amends.listening.history.line import Found, Json
from amends.listening.history.schemas.fields import (
    mapping_of,
    mappings_of,
    text_of,
    time_of,
    web_link,
    whole_of,
)
from amends.terms import Author, BadInput, Media, Post, Ref

_SIGNS = frozenset(
    {
        "author_id",
        "edit_history_tweet_ids",
        "edit_history_post_ids",
        "public_metrics",
        "conversation_id",
        "referenced_tweets",
        "referenced_posts",
        "in_reply_to_user_id",
        "edit_controls",
        "note_tweet",
        "note_post",
        "dm_conversation_id",
    }
)
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


class XSchema:
    name = "x"

    def looks_like(self, value: Json) -> bool:
        data = value.get("data")
        if isinstance(data, Mapping):
            return _is_post(data) or "event_type" in data or bool({"includes"} & value.keys())
        if isinstance(data, list):
            return any(map(_is_post, mappings_of(data))) or "result_count" in mapping_of(
                value.get("meta")
            )
        if "result_count" in mapping_of(value.get("meta")):
            return True
        return _is_post(value) or bool(mappings_of(value.get("errors")) and "id" not in value)

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        data = value.get("data")
        if data is None:
            if "id" in value and "text" in value:
                data = value
            elif "errors" in value or "meta" in value:
                yield Found(skipped="not_a_post")
                return
            else:
                raise BadInput("The object has no data and is no post.")
        around = _Includes(mapping_of(value.get("includes")))
        objects = mappings_of(data) if isinstance(data, list) else [mapping_of(data)]
        for one in objects:
            yield _found(one, around)
        if not objects:
            yield Found(skipped="not_a_post")


class _Includes:
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


def _found(value: Json, around: _Includes) -> Found:
    try:
        if "event_type" in value and "payload" in value:
            payload = mapping_of(value["payload"])
            if value["event_type"] == "post.delete":
                return Found(deleted=_need_id(payload))
            if not str(value["event_type"]).startswith("post."):
                return Found(skipped="not_a_post")
            return Found(post=_post(payload, around))
        if value.get("event_type") == "MessageCreate":
            return Found(post=_message(value, around))
        if "event_type" in value:
            return Found(skipped="not_a_post")
        return Found(post=_post(value, around))
    except BadInput as error:
        return Found(dead=str(error))


def _post(value: Json, around: _Includes) -> Post:
    post_id, author_id = _need_id(value), text_of(value.get("author_id"))
    author = around.author(author_id)
    handle = author.handle if author and author.handle else "i"
    created_at = time_of(value.get("created_at"))
    return Post(
        id=post_id,
        text=_text(value),
        network="x",
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


def _message(value: Json, around: _Includes) -> Post:
    return Post(
        id=_need_id(value),
        text=_text(value),
        network="x",
        author=around.author(text_of(value.get("sender_id"))),
        created_at=time_of(value.get("created_at")),
        visibility="private",
        conversation=text_of(value.get("dm_conversation_id")),
        links=_links(value),
        media=_media(value, around),
    )


def _refers(value: Json, around: _Includes, kind: str) -> Ref | None:
    listed = value.get("referenced_tweets") or value.get("referenced_posts")
    for reference in mappings_of(listed):
        found = text_of(reference.get("id"))
        if reference.get("type") == kind and found:
            author_id = text_of(value.get("in_reply_to_user_id")) if kind == "replied_to" else None
            return around.ref(found, author_id)
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


def _media(value: Json, around: _Includes) -> tuple[Media, ...]:
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


def _is_post(value: Json) -> bool:
    return "id" in value and "text" in value and bool(_SIGNS & value.keys())


def _need_id(value: Json) -> str:
    found = text_of(value.get("id"))
    if found is None:
        raise BadInput("The post has no id.")
    return found


def _by(listed: object, key: str) -> dict[str, Mapping[str, Any]]:
    return {str(one[key]): one for one in mappings_of(listed) if key in one}
